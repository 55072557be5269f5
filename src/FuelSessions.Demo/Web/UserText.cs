namespace FuelSessions.Demo.Web;

internal static class UserText
{
    /// <summary>What a user wrote, trimmed; null if that is nothing or too much.</summary>
    internal static string? Clean(string? text, int longest) =>
        text?.Trim() is { Length: > 0 } trimmed && trimmed.Length <= longest ? trimmed : null;
}
