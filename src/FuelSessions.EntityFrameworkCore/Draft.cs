using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// The bytes of a record that is to be written. Where a provider retries, a write whose answer was lost is known by its bytes, and two processes that
/// do the same to one session would write the same: there each draft begins with a stamp of its own [W9].
/// </summary>
internal static class Draft
{
    // No format of a record: 0, and 56 random bits.
    private const byte Mark = 0;
    private const int StampSize = 8;

    internal static byte[] Encode(SessionRecord record, bool isStamped)
    {
        if (!isStamped)
        {
            return SessionRecordFormat.Encode(record);
        }

        Span<byte> stamp = stackalloc byte[StampSize];
        RandomNumberGenerator.Fill(stamp);
        stamp[0] = Mark;
        return SessionRecordFormat.Encode(record, stamp);
    }

    /// <exception cref="SessionRecordFormatException">The bytes are not a whole record of that session.</exception>
    internal static SessionRecord Decode(SessionKey key, byte[] payload) =>
        SessionRecordFormat.Decode(key, payload is [Mark, ..] && payload.Length > StampSize ? payload.AsMemory(StampSize) : payload);
}
