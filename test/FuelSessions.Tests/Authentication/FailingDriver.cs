using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Authentication;

/// <summary>Counts what a store is asked, and can be away.</summary>
internal sealed class FailingDriver
{
    internal bool IsAway { get; set; }

    internal int Calls { get; set; }

    internal ISessionDriver Around(ISessionDriver inner) => new Decorator(inner, this);

    private void Count()
    {
        Calls++;
        if (IsAway)
        {
            throw new IOException("The store is away.");
        }
    }

    private sealed class Decorator(ISessionDriver inner, FailingDriver owner) : DelegatingSessionDriver(inner)
    {
        public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            owner.Count();
            return base.ReadAsync(key, cancellationToken);
        }

        public override ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
        {
            owner.Count();
            return base.WriteAsync(record, cancellationToken);
        }

        public override ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
        {
            owner.Count();
            return base.DeleteAsync(key, version, cancellationToken);
        }
    }
}
