namespace FuelSessions;

/// <summary>What a session is in this request.</summary>
public enum SessionState
{
    /// <summary>It is not stored; it will be once it has content.</summary>
    New,

    /// <summary>It is stored, and the client has proved to own it.</summary>
    Active,

    /// <summary>
    /// The client's id was retired a moment ago, or is another client's (<see cref="FuelSessionsOptions.MatchUserAgent"/>, then changes are
    /// refused), or the store could not be read. It is empty, is not saved, and sends no cookie that could replace the client's good one. Also, from the save on, that of a request during which another one
    /// revoked every earlier id: what it did until then is saved, and it goes on seeing what it had read.
    /// </summary>
    Detached,

    /// <summary>This request has destroyed it.</summary>
    Destroyed,

    /// <summary>It was destroyed or had expired before this request's changes could be saved.</summary>
    Gone,
}
