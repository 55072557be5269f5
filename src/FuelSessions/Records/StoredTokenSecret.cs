namespace FuelSessions.Records;

/// <summary>
/// What a record keeps of the secret that its session's tokens carry: enough to recognize it, and to hand it to who holds the current id.
/// Whoever reads the store, and the Data Protection keys as well, can't make a token of it.
/// </summary>
/// <param name="Hash">The hash of the token secret.</param>
/// <param name="Sealed">The token secret, readable to the holder of the current id's secret only.</param>
public sealed record StoredTokenSecret(SecretHash Hash, UInt128 Sealed)
{
    /// <summary>Whether that is the secret.</summary>
    internal bool IsOf(SessionSecret tokens) => tokens.Hash().Equals(Hash);

    /// <summary>Never the hash, nor what is sealed.</summary>
    public override string ToString() => "[token secret]";
}
