using System.Text.RegularExpressions;

namespace FuelSessions.Tests.Docs;

/// <summary>What docs/drivers.md shows of decorating compiles.</summary>
public sealed partial class DriverSampleTests
{
    [Theory]
    [InlineData("## Decorating one that ships", 2)]
    public void Each_sample_is_compiled(string heading, int count)
    {
        string text = Read("docs/drivers.md");
        text = text[text.IndexOf(heading, StringComparison.Ordinal)..];
        text = text[..text.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        string compiled = Trimmed(Read("DriverSamples.cs"));
        string[] samples = [.. Sample().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.Equal(count, samples.Length);
        Assert.All(samples, sample => Assert.Contains(Trimmed(sample), compiled, StringComparison.Ordinal));
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DriverSampleTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Trimmed(string code) => string.Concat(code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n"));

    [GeneratedRegex("```csharp\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
