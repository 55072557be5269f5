using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a revoking rotation does to the requests that are under way with an earlier id [R10, W5].</summary>
internal static class Overtaking
{
    /// <summary>
    /// Whether what is stored by now is closed to a request that read an earlier version: another one has revoked the id that it came
    /// with. Open it stays to who has proved itself, in this very request, to be for the person that the session belongs to since.
    /// </summary>
    /// <param name="read">The record as the request read it, or last stored it.</param>
    /// <param name="stored">The record by now.</param>
    /// <param name="attached">Whom the request has attached the session to itself; null: nobody.</param>
    internal static bool IsShutOut(SessionRecord read, SessionRecord stored, string? attached) =>
        stored.Epoch != read.Epoch && (attached is null || !string.Equals(attached, stored.Principal, StringComparison.Ordinal));
}
