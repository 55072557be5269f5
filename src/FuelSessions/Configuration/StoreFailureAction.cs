namespace FuelSessions;

/// <summary>What a request gets whose session can't be read. Neither replaces the client's id.</summary>
public enum StoreFailureAction
{
    /// <summary>A <see cref="SessionStoreException"/> at the first use of the session.</summary>
    Throw,

    /// <summary>A detached session: empty, and not saved.</summary>
    Detach,
}
