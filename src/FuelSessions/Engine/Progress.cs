namespace FuelSessions.Engine;

/// <summary>How far a request has got with its session.</summary>
internal struct Progress
{
    /// <summary>It is loaded and aged, and the request is not over: what nearly every use needs to know.</summary>
    internal bool IsReady;

    internal SessionUse Use { get; set; }

    /// <summary>Why it could not be read.</summary>
    internal LoadFailure? Failure { get; set; }

    internal Over Over { get; set; }

    internal bool IsClosed { get; set; }

    internal bool IsSaved { get; set; }

    /// <summary>Whether the app knows that what it has done so far could not be saved.</summary>
    internal bool IsTold { get; set; }

    /// <summary>Whether the request is over.</summary>
    internal bool IsOver { get; set; }
}

/// <summary>What a request does with its session, each including the one before: it lets it live on [W7], was given it, and has asked something of it.</summary>
internal enum SessionUse : byte
{
    None,
    KeptAlive,
    Given,
    Begun,
}

/// <summary>Whether a session has ended that was asked for, and whether that was told.</summary>
internal enum Over : byte
{
    No,
    Met,
    Told,
}

/// <summary>That the session could not be read: ahead of its use, which then is told each time, or when it was used.</summary>
internal sealed record LoadFailure(SessionStoreException Error, bool IsAhead)
{
    internal bool IsTold { get; set; } = !IsAhead;
}
