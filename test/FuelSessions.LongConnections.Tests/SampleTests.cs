using System.Text.RegularExpressions;

namespace FuelSessions.LongConnections.Tests;

/// <summary>What docs/long-connections.md shows is what runs here, word for word.</summary>
public sealed partial class SampleTests
{
    [Fact]
    public void Each_sample_is_compiled()
    {
        string compiled = string.Concat(new[] { "Connections.cs", "CountHub.cs", "Socket.cs", "Events.cs", "Counter.razor" }.Select(file => Trimmed(Read(file))));
        string[] samples = [.. Sample().Matches(Read("long-connections.md")).Select(match => match.Groups[1].Value)];
        Assert.Equal(5, samples.Length);
        Assert.All(samples, sample => Assert.Contains(Trimmed(sample), compiled, StringComparison.Ordinal));
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(SampleTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Trimmed(string code) => string.Concat(code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n"));

    [GeneratedRegex("```(?:csharp|razor)\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
