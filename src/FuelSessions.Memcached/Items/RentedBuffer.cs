using System.Buffers;
using System.Collections.Concurrent;

namespace FuelSessions.Memcached.Items;

/// <summary>A buffer to encode a record into, which is used again.</summary>
internal readonly struct RentedBuffer : IDisposable
{
    private const int MostPooled = 256;
    private const int LargestPooled = 64 * 1024;

    private static readonly ConcurrentQueue<ArrayBufferWriter<byte>> Pool = new();

    private RentedBuffer(ArrayBufferWriter<byte> writer) => Writer = writer;

    internal ArrayBufferWriter<byte> Writer { get; }

    internal ReadOnlyMemory<byte> Written => Writer.WrittenMemory;

    internal static RentedBuffer Rent() => new(Pool.TryDequeue(out ArrayBufferWriter<byte>? writer) ? writer : new ArrayBufferWriter<byte>(1024));

    public void Dispose()
    {
        // A command copies its value when it is sent, so nobody reads this any more.
        if (Writer.Capacity <= LargestPooled && Pool.Count < MostPooled)
        {
            Writer.ResetWrittenCount();
            Pool.Enqueue(Writer);
        }
    }
}
