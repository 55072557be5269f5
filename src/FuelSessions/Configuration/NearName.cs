namespace FuelSessions.Configuration;

/// <summary>The name that is likely meant by one that does not exist.</summary>
internal static class NearName
{
    /// <param name="slips">How many letters more, less, other or swapped may lie between, at most.</param>
    /// <returns>Null: none is near.</returns>
    internal static string? Of(string name, IEnumerable<string> known, int slips) =>
        known.MinBy(one => Distance(one, name)) is { } nearest && Distance(nearest, name) <= slips ? nearest : null;

    // Levenshtein's distance without regard to case, where two neighbours that are swapped are one slip.
    private static int Distance(string left, string right)
    {
        int[] before = [];
        int[] above = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (Same(i, j) ? 0 : 1));
                if (i > 1 && j > 1 && Same(i, j - 1) && Same(i - 1, j))
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, above) = (above, row);
        }

        return above[^1];

        bool Same(int i, int j) => char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
    }
}
