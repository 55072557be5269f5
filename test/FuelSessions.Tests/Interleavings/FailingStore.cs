using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>Fails whatever requests store that only read: before it is done, or after it, so that nobody knows [F8].</summary>
internal sealed class FailingStore(Plan[] plans, bool isDone) : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record) => Failing(request, () => base.Write(request, record));

    internal override WriteResult Touch(int request, SessionKey key, long version, DateTimeOffset expires) =>
        Failing(request, () => base.Touch(request, key, version, expires));

    private WriteResult Failing(int request, Func<WriteResult> step)
    {
        if (!plans[request].OnlyReads)
        {
            return step();
        }

        if (isDone)
        {
            step();
        }

        throw new IOException("The store takes nothing.");
    }
}
