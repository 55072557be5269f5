namespace FuelSessions.Values;

/// <summary>Under which name a flash variable is kept: its namespace and its own name.</summary>
internal static class FlashName
{
    /// <summary>Between the two. No name that a person writes holds it.</summary>
    internal const char Separator = '\u001F';

    /// <summary>A flash variable's own name; of any other variable the name.</summary>
    internal static string Own(string name) => name[(name.IndexOf(Separator, StringComparison.Ordinal) + 1)..];

    internal static VariablePath Of(string flashId, VariablePath path) => path.Renamed(flashId + Separator + path.Name);
}
