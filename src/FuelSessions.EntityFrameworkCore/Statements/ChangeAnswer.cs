namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>What a statement that was to change something has answered.</summary>
internal enum ChangeAnswer
{
    /// <summary>There was no such statement yet, or it was refused, or it has changed something.</summary>
    None,

    /// <summary>That it changed nothing: nothing is stored, whatever becomes of the question who was faster.</summary>
    Nothing,

    /// <summary>Nothing that could be relied on: it may have changed something, whatever comes after it.</summary>
    Unclear,
}
