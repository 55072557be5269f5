namespace FuelSessions.Engine;

/// <summary>One thing that a request did to a session's content; can be done again on top of a record that won a race [W2].</summary>
internal interface IChange
{
    /// <summary>Applies the change.</summary>
    /// <param name="lenient">Whether this is a merge, where a list may have become shorter since the change was made.</param>
    void Apply(VariableMap data, VariableMap flash, bool lenient);
}
