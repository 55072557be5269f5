namespace FuelSessions;

/// <summary>Messages of others, on which one of ours follows: many end without a period.</summary>
internal static class Sentence
{
    internal static string Of(string text) => text.TrimEnd() is var trimmed && (trimmed.Length == 0 || trimmed[^1] is '.' or '!' or '?') ? trimmed : $"{trimmed}.";
}
