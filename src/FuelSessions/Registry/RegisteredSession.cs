namespace FuelSessions;

/// <summary>One session of a user, as <see cref="ISessionRegistry"/> lists it.</summary>
public sealed record RegisteredSession
{
    /// <summary>What to call it by, for <see cref="ISessionRegistry.EndAsync"/>. No id: it opens nothing. It stays the same through rotations.</summary>
    public required string Handle { get; init; }

    /// <summary>The driver that keeps it.</summary>
    public required string Driver { get; init; }

    /// <summary>When it began, which may be before the sign-in.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When the user signed in; null if that is not known.</summary>
    public DateTimeOffset? SignedIn { get; init; }

    /// <summary>When it was last used, to within <see cref="FuelSessionsOptions.TouchInterval"/>.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>When it ends unless it is used again.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>What the browser called itself at the sign-in; null unless <see cref="FuelSessionsOptions.RememberClient"/> is on. Not to be trusted.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The network that it came from then, such as 203.0.113.0/24; the same.</summary>
    public string? Address { get; init; }

    /// <summary>Whether it is bound to its device (<see cref="FuelSessionsBuilder.BindToDevice"/>): a copy of its cookie works for minutes at most.</summary>
    public bool IsBoundToDevice { get; init; }

    /// <summary>Whether it is the session of the present request.</summary>
    public bool IsCurrent { get; init; }
}
