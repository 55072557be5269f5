using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>Hands each call on to another driver: what <see cref="FuelSessionsBuilder.DecorateDriver"/> decorates with overrides some of them.</summary>
/// <param name="inner">The driver that is decorated. Not disposed: the app disposes it.</param>
public abstract class DelegatingSessionDriver(ISessionDriver inner) : ISessionDriver
{
    /// <summary>The driver that is decorated.</summary>
    protected ISessionDriver Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    /// <remarks>As the decorated driver. What waits for something else without heeding its token has to say false.</remarks>
    public virtual bool HonorsCancellation => Inner.HonorsCancellation;

    /// <inheritdoc/>
    public virtual string? StoreSystem => Inner.StoreSystem;

    /// <inheritdoc/>
    /// <remarks>Synchronous reads come this way too: whoever overrides it sees each read.</remarks>
    public virtual ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => Inner.ReadAsync(key, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => Inner.WriteAsync(record, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        Inner.TouchAsync(key, version, expires, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        Inner.DeleteAsync(key, version, cancellationToken);
}
