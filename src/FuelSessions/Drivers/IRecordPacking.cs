using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>How the cookie driver's record becomes what travels, which the driver, knowing no HTTP, does not know.</summary>
internal interface IRecordPacking
{
    byte[] Pack(SessionRecord record);

    /// <exception cref="SessionTooLargeException">It would not come back.</exception>
    void ThrowIfTooLarge(byte[] packed, SessionRecord record);
}
