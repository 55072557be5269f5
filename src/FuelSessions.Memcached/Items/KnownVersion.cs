namespace FuelSessions.Memcached.Items;

/// <summary>A version of a session that was seen on a connection.</summary>
/// <param name="Version">The record's version.</param>
/// <param name="Cas">Memcached's number for just that version.</param>
/// <param name="Connection">Where it was seen. Memcached's numbers begin anew when it restarts, which no connection outlives.</param>
/// <param name="Expires">The end that it had, in ticks; it may be later by now.</param>
internal readonly record struct KnownVersion(long Version, ulong Cas, long Connection, long Expires);
