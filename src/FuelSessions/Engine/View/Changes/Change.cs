namespace FuelSessions.Engine;

/// <summary>One thing that a request did to a session's content; can be done again on top of a record that won a race [W2].</summary>
internal abstract class Change
{
    /// <summary>What the request did next; of the last one, what it did first.</summary>
    internal Change? Next { get; set; }

    /// <summary>Whether it was done to the flash variables.</summary>
    internal virtual bool IsOfFlash => false;

    /// <summary>Does it to the variables, or flash variables.</summary>
    /// <param name="lenient">Whether this is a merge, where a list may have become shorter since the change was made.</param>
    internal abstract void Apply(VariableMap variables, bool lenient);
}
