namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>What a writer was told.</summary>
internal enum WriteOutcome
{
    /// <summary>It is stored.</summary>
    Acknowledged,

    /// <summary>An error that leaves open whether it is stored.</summary>
    Unknown,

    /// <summary>An error that says that nothing is stored.</summary>
    Refused,

    /// <summary>That the session is gone. Nobody ends one.</summary>
    Gone,

    /// <summary>That another writer was first, with a record that holds this very write.</summary>
    LostToItself,
}
