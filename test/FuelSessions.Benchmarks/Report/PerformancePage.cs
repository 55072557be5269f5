namespace FuelSessions.Benchmarks.Report;

/// <summary>The page whose sections the benchmarks write; what is around them is written by people.</summary>
internal static class PerformancePage
{
    internal static async Task ReplaceAsync(string page, string section, string text, CancellationToken cancellationToken)
    {
        string begin = $"<!-- {section}: written by the benchmarks -->";
        string end = $"<!-- end of {section} -->";
        string before = await File.ReadAllTextAsync(page, cancellationToken);
        int from = before.IndexOf(begin, StringComparison.Ordinal);
        int to = before.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new UsageException($"The page has no place for the section '{section}': it needs the lines '{begin}' and '{end}'.");
        }

        await File.WriteAllTextAsync(page, $"{before[..(from + begin.Length)]}\n\n{text}\n{before[to..]}", cancellationToken);
    }
}
