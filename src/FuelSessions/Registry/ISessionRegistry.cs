namespace FuelSessions;

/// <summary>
/// Which sessions a user has, and how to end them: from the container. Needs a driver that finds the sessions of a principal: db, redis, file, memory. It looks at the default
/// driver, at those that authentication schemes name, and at others once their sessions have been used. A default driver that can't find them does not count where a scheme
/// names another one. A user is called by the name that
/// <see cref="Session.Principal"/> has.
/// </summary>
/// <remarks>
/// Members throw <see cref="NotSupportedException"/> if a driver can't find them (cookie, memcached), and <see cref="SessionStoreException"/> if a store can't be asked.
/// </remarks>
public interface ISessionRegistry
{
    /// <summary>The user's live sessions, the latest sign-in first.</summary>
    Task<IReadOnlyList<RegisteredSession>> ListAsync(string principal, CancellationToken cancellationToken = default);

    /// <summary>How many sessions the user has.</summary>
    Task<int> CountAsync(string principal, CancellationToken cancellationToken = default);

    /// <summary>Ends one session of the user at once; its client gets a new, empty one with its next request.</summary>
    /// <param name="principal">Whose session it must be.</param>
    /// <param name="handle">Which one: <see cref="RegisteredSession.Handle"/>.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>False if the user has no such session, or none any more.</returns>
    Task<bool> EndAsync(string principal, string handle, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends all sessions of the user: whoever was signed in when it was called is not any more when it has returned, and a sign-in that was under way does not outlive it,
    /// whenever it is answered. For a change of password, a lock, and "sign out everywhere".
    /// </summary>
    /// <param name="principal">Whose sessions.</param>
    /// <param name="exceptCurrent">Whether the session of the present request goes on.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>How many were ended.</returns>
    Task<int> EndAllAsync(string principal, bool exceptCurrent = false, CancellationToken cancellationToken = default);
}
