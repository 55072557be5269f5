using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>The way to the store of a test that chooses the order of the steps itself.</summary>
internal class RecordStoreDriver(RecordStore store) : ISessionDriver
{
    protected RecordStore Store { get; } = store;

    public virtual ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => new(Store.Read(0, key));

    public virtual ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => new(Store.Write(0, record));

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) => new(Store.Touch(0, key, version, expires));

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) => new(Store.Delete(0, key, version));
}
