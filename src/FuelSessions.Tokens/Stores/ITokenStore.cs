namespace FuelSessions.Tokens.Stores;

/// <summary>Where the managers of this project keep tokens. Knows nothing of encryption, and of OAuth only the names of the fields.</summary>
internal interface ITokenStore
{
    /// <summary>What is stored; null if there is nothing. What can't be made out is reported as <see cref="StoredTokenFormatException"/>.</summary>
    ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken);

    /// <summary>Replaces one version by another, atomically, also against other processes.</summary>
    /// <param name="version">The version that must be there; 0: none, or one that can't be made out.</param>
    /// <param name="next">What to store; null deletes.</param>
    /// <returns>False: another version is there, and nothing changed.</returns>
    ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken);

    /// <summary>
    /// Why the caller may read the owner's tokens and not change them, nor have them renewed; null: they may. Asked in the caller's own context, which a renewal does not have.
    /// </summary>
    Exception? RefusalOf(TokenKey key) => null;
}
