using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>What one kind of growth came to: a chart, and the same numbers as a table.</summary>
/// <param name="File">The chart's name, without an ending.</param>
/// <param name="Title">What was measured.</param>
/// <param name="XLabel">What grows.</param>
/// <param name="YLabel">What it should not let grow.</param>
/// <param name="Explanation">How it was measured, and what is to be seen.</param>
/// <param name="Lines">The lines.</param>
internal sealed record GrowthChart(string File, string Title, string XLabel, string YLabel, string Explanation, IReadOnlyList<Series> Lines)
{
    internal string ToMarkdown(string folder)
    {
        var table = new MarkdownTable([XLabel, .. Lines.Select(line => line.Name)]);
        foreach (double x in Lines.SelectMany(line => line.Points).Select(point => point.X).Distinct().Order())
        {
            table.Add([$"{x:N0}", .. Lines.Select(line => line.Points.Where(point => point.X == x).Select(point => $"{point.Y:N0}").FirstOrDefault("–"))]);
        }

        return $"### {Title}\n\n{Explanation}\n\n![{Title}: {YLabel} by {XLabel}]({folder}/{File}.svg)\n\n{YLabel}:\n\n{table.Write(text: 0)}";
    }

    internal string ToSvg() => new LineChart(Title, XLabel, YLabel, Lines).Write();
}
