using System.Globalization;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>The packing of one request's session, by the settings that it has at that moment.</summary>
internal sealed class CookiePacking(SessionTransaction transaction) : IRecordPacking
{
    // What Data Protection, with its default algorithms, and the id beside the record add.
    private const int Overhead = 170;

    // A chunk's value, and what stands around it.
    private const int ChunkSize = 3900;
    private const int Separators = 6;

    private FuelSessionsOptions Options => transaction.Options;

    public byte[] Pack(SessionRecord record) => RecordPacking.Pack(record, Options.CompressCookie);

    public void ThrowIfTooLarge(byte[] packed, SessionRecord record)
    {
        int size = SizeInHeader(packed);
        if (size > Options.MaxCookieBytes)
        {
            throw new SessionTooLargeException(
                string.Create(CultureInfo.InvariantCulture, $"The session would take {size} bytes in the Cookie header of each request on driver '{transaction.Driver}', for {record.Data.Length + record.Flash.Length} bytes of content; at most {Options.MaxCookieBytes} are allowed (MaxCookieBytes). Nothing was saved. By default nginx takes answers with up to 4 KB of headers and, as Apache, requests with up to 8 KB a header line; IIS takes 16 KB of headers, Kestrel 32 KB; and other cookies share that. Store less, use a driver with a server side, or raise the limit where every server in front of the app takes more (docs/cookie.md)."),
                size,
                Options.MaxCookieBytes);
        }
    }

    private int SizeInHeader(byte[] packed)
    {
        int value = (packed.Length + Overhead + 2) / 3 * 4;
        return value + (((value / ChunkSize) + 1) * (Options.CookieName.Length + Separators));
    }
}
