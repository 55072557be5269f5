using System.Text;
using FuelSessions.Fuzz.Running;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// What travels protected: ids, tokens and the cookie driver's records. An input says which good text to begin with and how to alter it, so that it
/// means the same with each run's keys. Whatever is accepted is, letter by letter, a text that was made for that purpose and that name.
/// </summary>
internal sealed class ProtectedTarget : FuzzTarget
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \0\u00e9";
    private const int Good = 4;

    private static readonly string[] Names = ["fuelcid", "admin", new string('n', 80)];

    private readonly IdProtector _protector;
    private readonly Dictionary<(Purpose Purpose, string Name, string Text), SessionKey> _made = [];
    private readonly List<string> _texts = [];

    internal ProtectedTarget()
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("fuzz");
        services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new KeysInMemory());
        IDataProtectionProvider provider = services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
        _protector = new IdProtector(provider, "memory", TimeProvider.System);

        // Another driver's, which must not be taken here.
        var foreign = new IdProtector(provider, "other", TimeProvider.System);
        foreach (string name in Names)
        {
            for (int count = 0; count < Good; count++)
            {
                Make(_protector, name, isOurs: true);
                Make(foreign, name, isOurs: false);
            }
        }
    }

    private enum Purpose
    {
        Id,
        Token,
        Record,
    }

    internal override string Name => "protected";

    internal override int BytesPerByte => 16;

    // A refusal by Data Protection is an exception, and a record is decoded.
    internal override int FixedBytes => 64 * 1024;

    internal override int Longest => 512;

    internal override IEnumerable<byte[]> Seeds =>
        from purpose in Enumerable.Range(0, 3)
        from text in Enumerable.Range(0, _texts.Count)
        select (byte[])[(byte)purpose, 0, (byte)text];

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        var recipe = new Recipe(input.Span);
        var purpose = (Purpose)recipe.Below(3);
        string name = Names[recipe.Below(Names.Length)];
        string text = Altered(ref recipe);
        SessionKey key = default;
        Meter.Start();
        bool isTaken = purpose switch
        {
            Purpose.Id => _protector.TryReadId(text, name, out SessionId id) && (key = id.Key) is var _,
            Purpose.Token => _protector.TryReadToken(text, name, out SessionId token) && (key = token.Key) is var _,
            _ => _protector.TryReadRecord(text, name, out SessionId of, out _) && (key = of.Key) is var _,
        };
        Meter.Stop();
        bool isMade = _made.TryGetValue((purpose, name, text), out SessionKey made);
        Promise.That(!isTaken || isMade, $"a text that nobody has made is taken as the {purpose} of a session");
        Promise.That(isTaken || !isMade, $"a good text is refused as the {purpose} of a session");
        Promise.That(!isTaken || key == made, "a good text stands for another session");

        Promise.That(!SessionId.TryParse(text, out SessionId bare) || bare.Encode() == text, "a bare id is written in more than one way");
        return Outcome.Of(purpose, isTaken, text.Length / 32);
    }

    private string Altered(ref Recipe recipe)
    {
        string good = _texts[recipe.Byte() % _texts.Count];
        return AlteredText.Of(good, Alphabet, deeds: 8, ref recipe, Further);

        void Further(StringBuilder text, int deed, int at, char character, ref Recipe more)
        {
            switch (deed)
            {
                case 4:
                    // The beginning of the one with the end of another: their key, its id.
                    string other = _texts[more.Byte() % _texts.Count];
                    text.Length = at;
                    text.Append(other.AsSpan(Math.Min(at, other.Length)));
                    break;
                case 5:
                    text.Append(_texts[more.Byte() % _texts.Count]);
                    break;
                case 6:
                    text.Append(character);
                    break;
                default:
                    text.Clear().Append(Encoding.Latin1.GetString(more.Block(more.Byte())));
                    break;
            }
        }
    }

    private void Make(IdProtector protector, string name, bool isOurs)
    {
        var id = SessionId.Create();
        Add(Purpose.Id, protector.ProtectId(id, name).ToString());
        Add(Purpose.Token, protector.ProtectToken(id.Key, id.Secret, SampleRecords.End, name));
        Add(Purpose.Record, protector.ProtectRecord(id, RecordPacking.Pack(SampleRecords.New(id), compresses: true), name));

        void Add(Purpose purpose, string text)
        {
            _texts.Add(text);
            if (isOurs)
            {
                _made.Add((purpose, name, text), id.Key);
            }
        }
    }
}
