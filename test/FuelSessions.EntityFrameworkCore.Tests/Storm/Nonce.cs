using System.Buffers.Binary;
using System.Globalization;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>What one write adds to a session, and no other one does. A session's data are the nonces of all the writes that made it, in their order.</summary>
internal readonly record struct Nonce(long Value)
{
    /// <summary>In place of a process's number: of the writes that begin the sessions of a round.</summary>
    internal const int Beginning = 99;

    private const int Size = sizeof(long);
    private const int NumberBits = 40;
    private const int WriterBits = 8;

    internal static Nonce Of(int process, int writer, int number) => new(((long)process << (NumberBits + WriterBits)) | ((long)writer << NumberBits) | (uint)number);

    internal static Nonce Parse(string text) => new(long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>The nonces in a session's data; null if these are nothing of the kind.</summary>
    internal static Nonce[]? Read(ReadOnlySpan<byte> data)
    {
        if (data.Length % Size != 0)
        {
            return null;
        }

        var nonces = new Nonce[data.Length / Size];
        for (int at = 0; at < nonces.Length; at++)
        {
            nonces[at] = new Nonce(BinaryPrimitives.ReadInt64BigEndian(data[(at * Size)..]));
        }

        return nonces;
    }

    /// <summary>These data with this nonce at their end.</summary>
    internal byte[] AddedTo(ReadOnlySpan<byte> data)
    {
        byte[] more = new byte[data.Length + Size];
        data.CopyTo(more);
        BinaryPrimitives.WriteInt64BigEndian(more.AsSpan(data.Length), Value);
        return more;
    }

    internal bool IsIn(ReadOnlySpan<byte> data) => Read(data)?.Contains(this) == true;

    public override string ToString() => Value.ToString("x14", CultureInfo.InvariantCulture);
}
