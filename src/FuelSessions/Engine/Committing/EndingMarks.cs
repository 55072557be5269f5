using System.Buffers.Binary;
using System.Security.Cryptography;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// That all sessions of a principal were ended, kept in the store for a day: a sign-in that was under way then looks for it once it is stored [A9]. Within one
/// process their order is counted; between two it is what their clocks say.
/// </summary>
internal sealed class EndingMarks
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private readonly long _process = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
    private long _count;

    private static ReadOnlySpan<byte> Purpose => "FuelSessions: all sessions ended of "u8;

    internal long Count => Volatile.Read(ref _count);

    /// <summary>Leaves the mark. From then on a sign-in that began before, and is stored later, ends itself.</summary>
    internal async ValueTask SetAsync(SessionStorage storage, string principal, DateTimeOffset now, TimeSpan timeout)
    {
        long number = Interlocked.Increment(ref _count);
        StoreDeadline deadline = StoreDeadline.Start(timeout);
        SessionKey key = PrincipalNote.KeyOf(Purpose, principal);
        SessionRecord? before = await storage.ReadAsync(key, timeout, deadline).ConfigureAwait(false);
        while (!IsLater(before, number))
        {
            byte[] data = new byte[2 * sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(data, _process);
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(sizeof(long)), number);

            // Another process, whose clock is ahead of ours, may have ended them before: what it shuts out stays shut out.
            DateTimeOffset time = before?.Updated > now ? before.Updated : now;
            WriteResult result = await storage.WriteAsync(PrincipalNote.Of(key, before, data, time, KeptFor), timeout, deadline).ConfigureAwait(false);
            if (result.IsWritten)
            {
                return;
            }

            before = result.Winner;
        }
    }

    // Of two that this process leaves at the same time the later one is meant, whichever is stored first.
    private bool IsLater(SessionRecord? mark, long number) => Left(mark) is { } left && left.Process == _process && left.Number > number;

    /// <summary>Whether all sessions of a principal were ended since a request began.</summary>
    internal async ValueTask<bool> IsEndedSinceAsync(SessionStorage storage, string principal, (long Endings, DateTimeOffset Time) began, TimeSpan timeout)
    {
        SessionRecord? mark = await storage.ReadAsync(PrincipalNote.KeyOf(Purpose, principal), timeout).ConfigureAwait(false);
        return Left(mark) is { } left && (left.Process == _process ? left.Number > began.Endings : mark!.Updated > began.Time);
    }

    // By which process, and as which one of that.
    private static (long Process, long Number)? Left(SessionRecord? mark) => mark is { Data: { Length: 2 * sizeof(long) } data }
        ? (BinaryPrimitives.ReadInt64LittleEndian(data.Span), BinaryPrimitives.ReadInt64LittleEndian(data.Span[sizeof(long)..]))
        : null;
}
