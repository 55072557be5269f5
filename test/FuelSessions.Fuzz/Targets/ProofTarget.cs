using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FuelSessions.Fuzz.Running;
using FuelSessions.Records;
using FuelSessions.Tests;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// What browsers send for sessions that are bound to a device: signed proofs, and the headers around them; and what they are told to do. An input says which good proof to begin with, and how to
/// alter its text or what is in it. Whatever is found to be signed by a key of ours is, letter by letter, a text that was made with it.
/// </summary>
internal sealed class ProofTarget : FuzzTarget
{
    private const int Forms = 6;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \0\u00e9\"{}[]:,\\";

    private readonly FuelSessionsOptions _options = new() { Driver = "memory" };
    private readonly List<DeviceKey> _keys = [];
    private readonly Dictionary<string, DeviceKey> _made = [];
    private readonly List<(string Header, string Payload, string Signature)> _parts = [];

    internal ProofTarget()
    {
        foreach (string algorithm in (string[])["ES256", "RS256"])
        {
            using var device = new DeviceSigner(algorithm);
            (string Header, string Payload)[] parts =
            [
                ($$"""{"alg":"{{algorithm}}","jwk":{{device.Jwk}},"typ":"dbsc+jwt"}""", """{"jti":"AAAAAAAAAAAAAAAAAAAAAA","authorization":"CfDJ8","aud":"https://localhost/"}"""),
                ($$"""{"alg":"{{algorithm}}","typ":"dbsc+jwt"}""", """{"jti":"AAAAAAAAAAAAAAAAAAAAAA","aud":["a",1]}"""),
            ];
            string[] proofs = [.. parts.Select(part => device.Sign(part.Header, part.Payload))];
            DeviceKey key = SignedProof.Parse(proofs[0])!.Key!;
            _keys.Add(key);
            _parts.AddRange(parts.Zip(proofs, static (part, proof) => (part.Header, part.Payload, proof[(proof.LastIndexOf('.') + 1)..])));
            Array.ForEach(proofs, proof => _made.Add(proof, key));
        }
    }

    internal override string Name => "proofs";

    internal override int BytesPerByte => 64;

    // An exception of the JSON reader, or of the cryptography.
    internal override int FixedBytes => 64 * 1024;

    internal override int Longest => 512;

    internal override IEnumerable<string> Words => ["ES256", "RS256", "none", "crit", "jwk", "\\u0000", "\\ud800", "AQAB"];

    internal override IEnumerable<byte[]> Seeds =>
        from part in Enumerable.Range(0, 4)
        from form in Enumerable.Range(0, Forms)
        select (byte[])[(byte)form, (byte)part];

    internal static Records.DeviceBinding Binding(DateTimeOffset? confirmed)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        byte[] key = [.. Enumerable.Range(0, 64).Select(static i => (byte)i)];
        return new(UInt128.MaxValue / 5, new DeviceKey(DeviceKeyAlgorithm.ES256, key), time, confirmed, 11, time, new BoundProof(new SecretHash(12), time), new BoundProof(new SecretHash(13), time));
    }

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        var recipe = new Recipe(input.Span);
        int form = recipe.Below(Forms);
        (string header, string payload, string signature) = _parts[recipe.Below(_parts.Count)];
        if (form >= 4)
        {
            return form == 4 ? Skip(ref recipe) : Instruct(ref recipe);
        }

        string text = form switch
        {
            0 => Altered($"{Text(header)}.{Text(payload)}.{signature}", ref recipe),
            1 => $"{Text(Altered(header, ref recipe))}.{Text(payload)}.{signature}",
            2 => $"{Text(header)}.{Text(Altered(payload, ref recipe))}.{signature}",
            _ => Altered($"\"{Text(header)}.{Text(payload)}.{signature}\";id=\"x\"", ref recipe),
        };

        Meter.Start();
        ReadOnlySpan<char> value = form == 3 ? ProofHeaders.One(text) : text;
        SignedProof? proof = SignedProof.Parse(value);
        Meter.Stop();
        if (proof is null)
        {
            Promise.That(!_made.ContainsKey(value.ToString()), "a good proof is refused");
            return form;
        }

        DeviceKey? signer = _made.GetValueOrDefault(value.ToString());
        foreach (DeviceKey key in _keys)
        {
            Promise.That(proof.IsSignedBy(key) == ReferenceEquals(key, signer), "what nobody has signed is taken for signed, or what was is not");
        }

        Promise.That(proof.Key is not { } own || own.Thumbprint().Length == 43, "a key has no thumbprint");
        Promise.That(proof.Key is not { } other || !proof.IsSignedBy(other) || signer is not null, "a key of somebody's verifies what another has signed");
        return Outcome.Of(form, proof.Algorithm, proof.Key is null, proof.Authorization is null, proof.Audiences?.Length, signer is null);
    }

    // Counted by the reason: there are few of them, whatever is sent.
    private int Skip(ref Recipe recipe)
    {
        string sent = Altered("server_error;session_identifier=\"x\"", ref recipe);
        var headers = new HeaderDictionary { [ProofHeaders.Skipped] = sent };
        Meter.Start();
        string? reason = ProofHeaders.SkippedIn(headers);
        Meter.Stop();
        Promise.That(sent.Length == 0 ? reason is null : reason is "unreachable" or "server_error" or "quota_exceeded" or "other", "a reason that nobody knows is told");
        return Outcome.Of(4, reason);
    }

    // By an address that the server takes: it refuses a host of other characters, and decodes paths.
    private int Instruct(ref Recipe recipe)
    {
        string host = Altered("localhost:5443", ref recipe);
        host = string.Concat(host.Select(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or ':' or '_' ? character : 'x'));
        string path = "/" + Altered("shop", ref recipe);
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        context.Request.Headers.Host = host;
        context.Request.PathBase = path;
        using var body = new MemoryStream();
        context.Response.Body = body;
        Meter.Start();
        BindingInstructions.WriteAsync(context, Binding(confirmed: null), _options, "identifier").GetAwaiter().GetResult();
        context.Response.BodyWriter.FlushAsync().AsTask().GetAwaiter().GetResult();
        Meter.Stop();
        using JsonDocument told = JsonDocument.Parse(body.ToArray());
        string refresh = told.RootElement.GetProperty("refresh_url").GetString()!;
        Promise.That(Uri.IsWellFormedUriString(refresh, UriKind.Relative) && Uri.UnescapeDataString(refresh).EndsWith("/.fuelsessions/dbsc/memory/refresh", StringComparison.Ordinal), "the address of a refresh is none");
        Promise.That(told.RootElement.GetProperty("scope").GetProperty("origin").GetString() == $"https://{host}", "another origin is told");
        return Outcome.Of(5, host.Length, refresh.Length == path.Length);
    }

    private static string Altered(string good, ref Recipe recipe) => AlteredText.Of(
        good,
        Alphabet,
        deeds: 6,
        ref recipe,
        static (StringBuilder text, int deed, int at, char character, ref Recipe more) =>
        {
            if (deed == 4)
            {
                text.Append(character);
            }
            else
            {
                text.Insert(at, Encoding.Latin1.GetString(more.Block(more.Byte() % 32)));
            }
        });

    private static string Text(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
