namespace FuelSessions;

/// <summary>
/// Told of what happens to sessions: derive from it, override what matters, and register it with <c>AddFuelSessions().AddEvents&lt;T&gt;()</c>, or as any service of
/// this type. There may be several; each is made in the request's scope, so it may use what the app's endpoints do.
/// </summary>
/// <remarks>
/// <para>
/// Told once it has happened, and is logged, counted and stored: when the request's sessions have been saved, before the response goes out, or, of what happens later, when
/// the request ends; by <c>SaveAsync</c> and <c>CloseAsync</c> also at once. Outside of a request (<see cref="ISessionRegistry"/> in a job) before the call returns, in a scope
/// of its own. In the order in which it happened, one after the other: whoever takes long holds the response up. What is done to sessions here is told after that.
/// </para>
/// <para>
/// A database context that endpoints use is not for it: <c>SaveChanges</c> would store what the endpoint has left unsaved, and one that is still being read for the answer is in
/// use. Take a context of its own, of another type or from an <c>IDbContextFactory</c>.
/// </para>
/// <para>An exception changes nothing of what has happened, reaches nobody, and is logged (116).</para>
/// </remarks>
public abstract class SessionEvents
{
    /// <summary>Told of everything. By default hands on to the member that is there for it; what has none (<see cref="SessionEventKind"/>) is told here only.</summary>
    public virtual Task HappenedAsync(SessionEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return happened.Kind switch
        {
            SessionEventKind.Began => BeganAsync(happened),
            SessionEventKind.SignedIn => SignedInAsync(happened),
            SessionEventKind.SignedOut => SignedOutAsync(happened),
            SessionEventKind.Rotated => RotatedAsync(happened),
            SessionEventKind.Ended => EndedAsync(happened),
            SessionEventKind.StaleId => StaleIdAsync(happened),
            SessionEventKind.StoreFailure => StoreFailedAsync(happened),
            _ => Task.CompletedTask,
        };
    }

    /// <inheritdoc cref="SessionEventKind.Began" path="/summary"/>
    public virtual Task BeganAsync(SessionEvent happened) => Task.CompletedTask;

    /// <inheritdoc cref="SessionEventKind.SignedIn" path="/summary"/>
    public virtual Task SignedInAsync(SessionEvent happened) => Task.CompletedTask;

    /// <inheritdoc cref="SessionEventKind.SignedOut" path="/summary"/>
    public virtual Task SignedOutAsync(SessionEvent happened) => Task.CompletedTask;

    /// <inheritdoc cref="SessionEventKind.Rotated" path="/summary"/>
    public virtual Task RotatedAsync(SessionEvent happened) => Task.CompletedTask;

    /// <inheritdoc cref="SessionEventKind.Ended" path="/summary"/>
    public virtual Task EndedAsync(SessionEvent happened) => Task.CompletedTask;

    /// <inheritdoc cref="SessionEventKind.StaleId" path="/summary"/>
    public virtual Task StaleIdAsync(SessionEvent happened) => Task.CompletedTask;

    /// <inheritdoc cref="SessionEventKind.StoreFailure" path="/summary"/>
    public virtual Task StoreFailedAsync(SessionEvent happened) => Task.CompletedTask;
}
