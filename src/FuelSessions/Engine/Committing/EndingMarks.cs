using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
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
        SessionKey key = KeyOf(principal);
        SessionRecord? before = await storage.ReadAsync(key, timeout, deadline).ConfigureAwait(false);
        while (!IsLater(before, number))
        {
            byte[] data = new byte[2 * sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(data, _process);
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(sizeof(long)), number);
            WriteResult result = await storage.WriteAsync(MarkOf(key, before, data, now), timeout, deadline).ConfigureAwait(false);
            if (result.IsWritten)
            {
                return;
            }

            before = result.Winner;
        }
    }

    // Of two that this process leaves at the same time the later one is meant, whichever is stored first.
    private bool IsLater(SessionRecord? mark, long number) => mark is { Data.Length: 2 * sizeof(long) }
        && BinaryPrimitives.ReadInt64LittleEndian(mark.Data.Span) == _process
        && BinaryPrimitives.ReadInt64LittleEndian(mark.Data.Span[sizeof(long)..]) > number;

    /// <summary>Whether all sessions of a principal were ended since a request began.</summary>
    internal async ValueTask<bool> IsEndedSinceAsync(SessionStorage storage, string principal, (long Endings, DateTimeOffset Time) began, TimeSpan timeout)
    {
        if (await storage.ReadAsync(KeyOf(principal), timeout).ConfigureAwait(false) is not { Data.Length: 2 * sizeof(long) } mark)
        {
            return false;
        }

        ReadOnlySpan<byte> data = mark.Data.Span;
        return BinaryPrimitives.ReadInt64LittleEndian(data) == _process
            ? BinaryPrimitives.ReadInt64LittleEndian(data[sizeof(long)..]) > began.Endings
            : mark.Updated > began.Time;
    }

    // A record that no id leads to: nobody knows a secret of that hash.
    private static SessionRecord MarkOf(SessionKey key, SessionRecord? before, byte[] data, DateTimeOffset now)
    {
        DateTimeOffset time = ExpiryPolicy.Milliseconds(now);
        return new SessionRecord
        {
            Key = key,
            Version = (before?.Version ?? 0) + 1,
            CurrentHash = SessionSecret.Create().Hash(),
            Created = time,
            Rotated = time,
            Updated = time,
            Confirmed = time,
            Lifetime = KeptFor,
            Expires = time + KeptFor,

            // Not the first to go where the store is full.
            KeepsCookie = false,
            Data = data,
        };
    }

    private static SessionKey KeyOf(string principal) =>
        SessionKey.FromBytes(SHA256.HashData([.. Purpose, .. Encoding.UTF8.GetBytes(principal)]).AsSpan(0, SessionKey.Size));
}
