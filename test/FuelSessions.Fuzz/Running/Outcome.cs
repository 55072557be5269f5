using System.Globalization;

namespace FuelSessions.Fuzz.Running;

/// <summary>What came out of an input, as one number that is the same in every process: <see cref="HashCode"/> has another seed in each.</summary>
internal static class Outcome
{
    internal static int Of(params ReadOnlySpan<object?> parts)
    {
        // FNV-1a.
        uint hash = 2166136261;
        foreach (object? part in parts)
        {
            foreach (char character in Convert.ToString(part, CultureInfo.InvariantCulture) ?? "")
            {
                hash = (hash ^ character) * 16777619;
            }

            hash = (hash ^ '\uFFFF') * 16777619;
        }

        return (int)hash;
    }
}
