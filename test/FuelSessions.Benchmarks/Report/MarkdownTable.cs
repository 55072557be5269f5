using System.Text;

namespace FuelSessions.Benchmarks.Report;

/// <summary>A table in Markdown that can be read as it is: columns are padded, and numbers stand at the right.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [];

    internal void Add(params string[] cells) => _rows.Add(cells);

    /// <param name="text">How many columns, from the left, are text.</param>
    internal string Write(int text = 1)
    {
        int[] widths = [.. header.Select((name, column) => _rows.Select(row => row[column].Length).Append(name.Length).Append(3).Max())];
        var table = new StringBuilder();
        Line(header);
        table.Append('|').AppendJoin('|', widths.Select((width, column) => column < text
            ? $" {new string('-', width)} "
            : $" {new string('-', width - 1)}: ")).Append("|\n");
        _rows.ForEach(Line);
        return table.ToString();

        void Line(string[] cells) => table.Append('|').AppendJoin('|', cells.Select((cell, column) =>
            $" {(column < text ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))} ")).Append("|\n");
    }
}
