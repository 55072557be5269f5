namespace FuelSessions.EntityFrameworkCore.Trial;

/// <summary>What a database holds of a row on trial.</summary>
internal enum TrialState
{
    Absent,

    /// <summary>The first version, to the last byte.</summary>
    First,

    /// <summary>The second one.</summary>
    Second,

    /// <summary>Something that was never written.</summary>
    Different,
}
