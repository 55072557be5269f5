using System.Globalization;
using System.Security;
using System.Text;

namespace FuelSessions.Benchmarks.Report;

/// <summary>A line chart with two logarithmic axes, as an SVG file that follows the reader's light or dark mode.</summary>
internal sealed class LineChart(string title, string xLabel, string yLabel, IReadOnlyList<Series> series)
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 70;
    private const int Right = 560;
    private const int Top = 44;
    private const int Bottom = 360;

    // Colours apart enough for colour-blind readers, on white as on black; dashes tell lines apart without any.
    private const string Style = """
        text { font: 13px sans-serif; fill: #222 } .title { font-size: 15px; font-weight: bold }
        .back { fill: #fff } .grid { stroke: #ddd } .axis { stroke: #666 } .line { stroke-width: 2 }
        .c0 { stroke: #0072b2; fill: #0072b2 } .c1 { stroke: #d55e00; fill: #d55e00 } .c2 { stroke: #009e73; fill: #009e73 }
        .c3 { stroke: #aa4499; fill: #aa4499 } .c4 { stroke: #b8860b; fill: #b8860b } .c5 { stroke: #777; fill: #777 }
        polyline.line { fill: none }
        @media (prefers-color-scheme: dark) {
          text { fill: #ddd } .back { fill: #111 } .grid { stroke: #333 } .axis { stroke: #999 }
          .c0 { stroke: #56b4e9; fill: #56b4e9 } .c1 { stroke: #f0894a; fill: #f0894a } .c2 { stroke: #2ec99b; fill: #2ec99b }
          .c3 { stroke: #d78bc8; fill: #d78bc8 } .c4 { stroke: #e6c229; fill: #e6c229 } .c5 { stroke: #aaa; fill: #aaa }
        }
        """;

    private static readonly string[] Dashes = ["none", "7 3", "2 3", "9 3 2 3", "4 4", "1 4"];

    internal string Write()
    {
        var x = new LogAxis(series.SelectMany(line => line.Points).Select(point => point.X), Left, Right);
        var y = new LogAxis(series.SelectMany(line => line.Points).Select(point => point.Y), Bottom, Top);
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escaped(title)}\">");
        Add(svg, $"<style>{Style}</style>");
        Add(svg, $"<rect class=\"back\" width=\"{Width}\" height=\"{Height}\"/>");
        Text(svg, Left, 24, "start", title, "title");
        foreach ((string label, double at) in x.Ticks)
        {
            Add(svg, $"<line class=\"grid\" x1=\"{at:0.#}\" y1=\"{Top}\" x2=\"{at:0.#}\" y2=\"{Bottom}\"/>");
            Text(svg, at, Bottom + 18, "middle", label);
        }

        foreach ((string label, double at) in y.Ticks)
        {
            Add(svg, $"<line class=\"grid\" x1=\"{Left}\" y1=\"{at:0.#}\" x2=\"{Right}\" y2=\"{at:0.#}\"/>");
            Text(svg, Left - 8, at + 4, "end", label);
        }

        Add(svg, $"<path class=\"axis\" fill=\"none\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/>");
        Text(svg, (Left + Right) / 2.0, Height - 16, "middle", xLabel);
        Add(svg, $"<text transform=\"translate(18 {(Top + Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Escaped(yLabel)}</text>");
        for (int index = 0; index < series.Count; index++)
        {
            Line(svg, series[index], index, x, y);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Line(StringBuilder svg, Series line, int index, LogAxis x, LogAxis y)
    {
        string style = $"c{index % 6}";
        string dash = Dashes[index % Dashes.Length];
        IEnumerable<string> points = line.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{x.At(point.X):0.#},{y.At(point.Y):0.#}"));
        Add(svg, $"<polyline class=\"{style} line\" stroke-dasharray=\"{dash}\" points=\"{string.Join(' ', points)}\"/>");
        foreach ((double pointX, double pointY) in line.Points)
        {
            Add(svg, $"<circle class=\"{style}\" r=\"3\" cx=\"{x.At(pointX):0.#}\" cy=\"{y.At(pointY):0.#}\"/>");
        }

        int at = Top + 10 + (index * 22);
        Add(svg, $"<line class=\"{style} line\" stroke-dasharray=\"{dash}\" x1=\"{Right + 14}\" y1=\"{at}\" x2=\"{Right + 44}\" y2=\"{at}\"/>");
        Text(svg, Right + 50, at + 4, "start", line.Name);
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string style = "label") =>
        Add(svg, $"<text class=\"{style}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Escaped(text)}</text>");

    private static void Add(StringBuilder svg, FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
