using System.Text.RegularExpressions;

namespace FuelSessions.Benchmarks.Load;

/// <summary>What a response says to a browser that may bind its session.</summary>
/// <param name="Path">Where to register the key.</param>
/// <param name="Challenge">What is to be signed.</param>
/// <param name="Authorization">What is to be sent back with it.</param>
internal sealed partial record DeviceOffer(string Path, string Challenge, string Authorization)
{
    internal const string Header = "Secure-Session-Registration";
    internal const string Answer = "Secure-Session-Response";

    internal static DeviceOffer Parse(string header)
    {
        GroupCollection parts = Parts().Match(header).Groups;
        return new DeviceOffer(parts[1].Value, parts[2].Value, parts[3].Value);
    }

    [GeneratedRegex("""path="([^"]+)";challenge="([^"]+)";authorization="([^"]+)"$""")]
    private static partial Regex Parts();
}
