using FuelSessions.Fuzz.Running;
using FuelSessions.Tokens.SignIn;

namespace FuelSessions.Fuzz.Targets;

/// <summary>Where a sign-in leads back to, as its page's address says: never to another host, in a header that holds one line of ASCII.</summary>
internal sealed class ReturnPathTarget : FuzzTarget
{
    private static readonly Uri App = new("https://app.test/account/sign-in");

    internal override string Name => "return-paths";

    // Each character that is none of ASCII is written as up to twelve, and is a text on the way.
    internal override int BytesPerByte => 512;

    internal override IEnumerable<string> Words => ["//", "/\\", "\\\\", "/.//", "/..", "http:", "@evil.test", "%2f", "%5c", "\t", "\u0001/\u0000\u0000\u00d8"];

    internal override IEnumerable<byte[]> Seeds => new[] { "/", "/account?tab=1#x", "//evil.test", "/\\evil.test", "/\t/evil.test", "/.//evil.test", "https://evil.test", "/\u00e9\U0001F600 x", "/%2f%2fevil.test", "/\ud83d" }.Select(InputOf);

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        string path = TextOf(input.Span);
        Meter.Start();
        bool isLocal = LocalPath.Is(path);
        string? header = isLocal ? LocalPath.InHeader(path) : null;
        Meter.Stop();
        if (header is not null)
        {
            Promise.That(header.All(static character => character is > ' ' and < '\u007f'), "a header holds what it must not");
            foreach (string address in new[] { path, header })
            {
                // As browsers take a backslash for a slash.
                Promise.That(Uri.TryCreate(App, address.Replace('\\', '/'), out Uri? target) && target.Host == App.Host && target.Scheme == App.Scheme, "a sign-in leads to another host");
            }
        }

        return Outcome.Of(isLocal, path.Length / 16);
    }
}
