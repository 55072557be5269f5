using System.Buffers.Binary;
using System.Numerics;

namespace FuelSessions.Engine;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of 64 bits for short inputs, made for where a general MAC costs more than all
/// the rest.
/// </summary>
internal static class SipHash
{
    internal const int KeySize = 16;

    internal static ulong Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        ulong k0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        ulong k1 = BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]);
        var state = new State(k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573);
        ReadOnlySpan<byte> rest = message;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        ulong last = (ulong)(byte)message.Length << 56;
        for (int i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        state.Absorb(last);
        return state.Finish();
    }

    private struct State(ulong v0, ulong v1, ulong v2, ulong v3)
    {
        internal void Absorb(ulong word)
        {
            v3 ^= word;
            Round();
            Round();
            v0 ^= word;
        }

        internal ulong Finish()
        {
            v2 ^= 0xff;
            Round();
            Round();
            Round();
            Round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void Round()
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
