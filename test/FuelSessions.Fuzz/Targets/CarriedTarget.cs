using System.Text;
using FuelSessions.Engine;
using FuelSessions.Fuzz.Running;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// Cookies that carry whole sessions, of several sessions and versions, in one piece or in chunks, the other client's beside them: an input says which
/// ones come, in what order, and what is missing, mixed up or altered. What is taken was made for that cookie, a whole good one is found among whatever
/// else comes, one that is over stands before none, nor an older copy before a newer one.
/// </summary>
internal sealed class CarriedTarget : FuzzTarget
{
    private const string CookieName = "cid";
    private const int ChunkSize = 3900;
    private const int MostCookies = 24;

    private static readonly string[] Names = [CookieName, OtherCookie.Name(CookieUse.Other, CookieName)];

    private readonly FuelSessionsOptions _options = new() { CookieName = CookieName };
    private readonly IdProtector _protector = new(new CheckedBytes(), "cookie", TimeProvider.System);
    private readonly List<string> _texts = [];
    private readonly Dictionary<(string Name, string Text), SessionRecord> _made = [];

    internal CarriedTarget()
    {
        foreach (string name in Names)
        {
            for (int session = 0; session < 3; session++)
            {
                var id = SessionId.Create();
                Make(id, name, version: 1, size: 10, isOver: session == 2);
                Make(id, name, version: 2, size: session * 3500, isOver: session == 2);
            }
        }
    }

    internal override string Name => "carried";

    // A cookie of some bytes stands for 5 KB of text here.
    internal override int BytesPerByte => 64;

    internal override int FixedBytes => 64 * 1024;

    internal override int Longest => 96;

    internal override IEnumerable<byte[]> Seeds =>
        from deed in Enumerable.Range(0, 8)
        from text in Enumerable.Range(0, _texts.Count)
        from beside in new byte[] { 0, 9 }
        select (byte[])[(byte)deed, (byte)text, (byte)(text / (_texts.Count / 2)), 3, beside, (byte)(text + 1), 0];

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        var recipe = new Recipe(input.Span);
        List<(string Name, string Value)> cookies = [];
        while (!recipe.IsOver && cookies.Count < MostCookies)
        {
            Add(cookies, ref recipe);
        }

        var header = new StringBuilder();
        foreach ((string name, string value) in cookies)
        {
            header.Append(header.Length == 0 ? "" : "; ").Append(name).Append('=').Append(value);
        }

        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = header.ToString();
        Meter.Give(header.Length);
        Meter.Start();
        ChannelReader.Arrival first = ChannelReader.Read(context, _options, _protector, isCarried: true, out ChannelReader.Arrival[]? others);
        Meter.Stop();
        Promise.That(others is null or [{ Id: not null }], "there are more than two clients of one browser");
        ChannelReader.Arrival own = first.Id?.Cookie == CookieUse.First ? first : default;
        ChannelReader.Arrival other = first.Id?.Cookie == CookieUse.Other ? first : others?[0] ?? default;
        Check(cookies, Names[0], own);
        Check(cookies, Names[1], other);
        return Outcome.Of(own.Record?.Version, other.Record?.Version, own.Record?.Expires.Year, first.IsForeign, Math.Min(cookies.Count, 4), others is null);
    }

    private void Check(List<(string Name, string Value)> cookies, string name, ChannelReader.Arrival arrival)
    {
        SessionRecord[] whole = Whole(cookies, name);
        if (arrival.Record is not { } taken)
        {
            Promise.That(whole.Length == 0, "a good cookie is not found");
            return;
        }

        Promise.That(_made.Any(made => made.Key.Name == name && made.Value.Key == taken.Key && made.Value.Version == taken.Version), "what was never made, or for another cookie, is taken");
        if (IsOver(taken))
        {
            Promise.That(whole.All(IsOver), "a session that is over stands before one that is not");
            return;
        }

        Promise.That(!whole.Any(record => record.Key == taken.Key && record.Version > taken.Version), "an older copy stands before a newer one");
    }

    // Those that nobody can doubt: in one piece, or in chunks where each has one value. More than so many are not tried.
    private SessionRecord[] Whole(List<(string Name, string Value)> cookies, string name) =>
        [.. cookies.Where(cookie => cookie.Name == name).Take(ArrivedIds.Most)
            .Select(cookie => CookieChunks.IsCount(cookie.Value) ? Joined(cookies, name, cookie.Value) : cookie.Value)
            .Select(text => text is null ? null : _made.GetValueOrDefault((name, text)))
            .OfType<SessionRecord>()];

    private static string? Joined(List<(string Name, string Value)> cookies, string name, string count)
    {
        ILookup<string, string> values = cookies.ToLookup(static cookie => cookie.Name, static cookie => cookie.Value);
        if (!int.TryParse(count[CookieChunks.Count.Length..], out int number) || number is < 1 or > CookieChunks.Most)
        {
            return null;
        }

        string[][] parts = [.. Enumerable.Range(1, number).Select(chunk => values[CookieChunks.NameOf(name, chunk)].ToArray())];
        return parts.All(static part => part.Length == 1) ? string.Concat(parts.Select(static part => part[0])) : null;
    }

    private void Add(List<(string Name, string Value)> cookies, ref Recipe recipe)
    {
        int deed = recipe.Below(10);
        string text = _texts[recipe.Below(_texts.Count)];
        string name = Names[recipe.Below(Names.Length)];
        int number = recipe.Byte();
        string[] chunks = [.. text.Chunk(ChunkSize).Select(static chunk => new string(chunk))];
        switch (deed)
        {
            case 0:
                cookies.Add((name, text));
                break;
            case 1:
                cookies.Add((name, $"{CookieChunks.Count}{chunks.Length}"));
                cookies.AddRange(chunks.Select((chunk, at) => (CookieChunks.NameOf(name, at + 1), chunk)));
                break;
            case 2:
                cookies.Add((name, $"{CookieChunks.Count}{number - 2}"));
                break;
            case 3:
                cookies.Add((CookieChunks.NameOf(name, 1 + (number % 3)), chunks[number % chunks.Length]));
                break;
            case 4:
                int at = number * 7919 % text.Length;
                cookies.Add((name, string.Concat(text.AsSpan(0, at), text[at] == 'A' ? "B" : "A", text.AsSpan(at + 1))));
                break;
            case 5:
                cookies.Add((name, text[..(number * text.Length / 256)]));
                break;
            case 6 when cookies.Count > 0:
                cookies.RemoveAt(number % cookies.Count);
                break;
            case 7 when cookies.Count > 1:
                int from = number % cookies.Count;
                cookies.Add(cookies[from]);
                cookies.RemoveAt(from);
                break;
            default:
                cookies.Add((number % 2 == 0 ? name : name.ToUpperInvariant(), string.Concat(recipe.Block(number % 16).ToArray().Select(static value => "09AZaz-_ ,\"\\%2{}"[value % 16]))));
                break;
        }
    }

    private static bool IsOver(SessionRecord record) => record.Expires <= SampleRecords.Time;

    private void Make(SessionId id, string name, long version, int size, bool isOver)
    {
        SessionRecord record = SampleRecords.New(id) with
        {
            Version = version,
            Expires = isOver ? SampleRecords.Time : SampleRecords.End,
            Data = SampleRecords.Text(size),
        };

        // The longest in chunks; every other one compressed.
        string text = _protector.ProtectRecord(id, RecordPacking.Pack(record, compresses: size == 3500), name);
        _texts.Add(text);
        _made.Add((name, text), record);
    }
}
