namespace FuelSessions.Values;

/// <summary>Under which name a flash variable is kept: its namespace and its own name.</summary>
internal static class FlashName
{
    /// <summary>Between the two. No name that a person writes holds it; one that is made of data may.</summary>
    internal const char Separator = '\u001F';

    internal static VariablePath Of(string flashId, VariablePath path) => path.Renamed(flashId + Separator + path.Name);

    /// <summary>The path as the app has it; for an error only: another variable whose name holds the separator is called by what is behind it.</summary>
    internal static VariablePath Own(VariablePath path) => path.Renamed(path.Name[(path.Name.IndexOf(Separator, StringComparison.Ordinal) + 1)..]);
}
