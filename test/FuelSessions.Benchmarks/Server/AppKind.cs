namespace FuelSessions.Benchmarks.Server;

/// <summary>What kind of an app a server process is. What one kind needs of every request must not be paid for by the others.</summary>
internal enum AppKind
{
    /// <summary>Sessions over http.</summary>
    Usual,

    /// <summary>With authentication, whose sign-in is in the session, or in a cookie of its own.</summary>
    SignedIn,

    /// <summary>Over https; ours binds its sessions to devices.</summary>
    Bound,
}
