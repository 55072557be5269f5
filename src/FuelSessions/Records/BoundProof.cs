namespace FuelSessions.Records;

/// <summary>A bound cookie that was handed out: the hash of its value, and from when on it is over.</summary>
internal readonly record struct BoundProof(SecretHash Hash, DateTimeOffset Ends);
