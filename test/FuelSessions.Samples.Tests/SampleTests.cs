using System.Text.RegularExpressions;
using FuelSessions.Samples.Tests.Support;

namespace FuelSessions.Samples.Tests;

/// <summary>What docs/long-connections.md shows is what runs here, word for word.</summary>
public sealed partial class SampleTests
{
    private static readonly string[] Shown = [.. new[] { "Connections", "CountHub", "Socket", "Events" }.Select(file => $"LongConnections/{file}.cs"), "Blazor/Components/Counter.razor"];

    [Fact]
    public void Each_sample_is_compiled()
    {
        string compiled = string.Concat(Shown.Select(file => Trimmed(Documents.Read(file))));
        string[] samples = [.. Sample().Matches(Documents.Read("docs/long-connections.md")).Select(match => match.Groups[1].Value)];
        Assert.Equal(Shown.Length, samples.Length);
        Assert.All(samples, sample => Assert.Contains(Trimmed(sample), compiled, StringComparison.Ordinal));
    }

    private static string Trimmed(string code) => string.Concat(code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n"));

    [GeneratedRegex("```(?:csharp|razor)\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
