using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// In place of Data Protection, where that is not what is tried and takes most of the time: bytes behind its magic number, with a checksum of them and
/// their purpose.
/// </summary>
internal sealed class CheckedBytes(string purpose = "") : IDataProtector
{
    private const int Head = 4 + sizeof(ulong);

    // A protected payload's beginning, which is looked at before all else; it is 64 characters long at least.
    private static ReadOnlySpan<byte> Magic => [0x09, 0xF0, 0xC9, 0xF0];

    public IDataProtector CreateProtector(string purpose1) => new CheckedBytes($"{purpose}/{purpose1}");

    public byte[] Protect(byte[] plaintext)
    {
        byte[] text = [.. Magic, .. new byte[sizeof(ulong)], .. plaintext];
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(Magic.Length), Sum(plaintext));
        return text;
    }

    public byte[] Unprotect(byte[] protectedData) =>
        protectedData.Length >= Head
        && protectedData.AsSpan().StartsWith(Magic)
        && BinaryPrimitives.ReadUInt64LittleEndian(protectedData.AsSpan(Magic.Length)) == Sum(protectedData.AsSpan(Head))
            ? protectedData[Head..]
            : throw new CryptographicException("The payload was invalid.");

    // FNV's way, eight bytes at a time and then those that are left.
    private ulong Sum(ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x100000001B3;
        ulong sum = 0xCBF29CE484222325 + (ulong)purpose.Length;
        foreach (ulong block in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            sum = (sum ^ block) * Prime;
        }

        foreach (byte value in bytes[^(bytes.Length % sizeof(ulong))..])
        {
            sum = (sum ^ value) * Prime;
        }

        return sum;
    }
}
