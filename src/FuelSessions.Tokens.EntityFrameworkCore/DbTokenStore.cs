using System.Data.Common;
using FuelSessions.EntityFrameworkCore;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using FuelSessions.Tokens.Stores;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.EntityFrameworkCore;

/// <summary>
/// A row for each token; one statement a read and a write, with the version in its condition. Rows that have ended are removed on the way, now
/// and then.
/// </summary>
internal sealed class DbTokenStore(LeasedDatabase database, TimeProvider clock, ILogger logger) : ITokenStore, ILookAtStart
{
    private const int MostRemoved = 500;

    private static readonly TimeSpan CleanupInterval = TimeSpan.FromHours(1);

    private long _nextCleanup;

    public Task LookAsync(CancellationToken cancellationToken) => database.LookAsync(cancellationToken);

    internal Task EnsureCreatedAsync(CancellationToken cancellationToken) => database.EnsureCreatedAsync(cancellationToken);

    public async ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        byte[] name = TokenName.BytesOf(key);
        TokenRow? row = await database.RunAsync<TokenRow, TokenRow?>(
            (lease, _, token) => TokenStatements.Of(lease).SelectAsync(lease, name, token), cancellationToken).ConfigureAwait(false);
        return row?.Token();
    }

    public async ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken)
    {
        byte[] name = TokenName.BytesOf(key);
        TokenRow? row = next is null ? null : TokenRow.Of(name, key.Client, next);
        bool written = await database.WriteAsync<TokenRow, bool>(
            (lease, attempts, token) => (row, version) switch
            {
                (null, _) => DeleteAsync(lease, name, version, attempts.AreInDoubt, token),
                (_, 0) => InsertAsync(lease, row, token),
                _ => UpdateAsync(lease, row, version, attempts.AreInDoubt, token),
            },
            new WriteShape(name, (row?.AccessToken?.Length + row?.RefreshToken?.Length + row?.Extra?.Length) ?? 0),
            cancellationToken).ConfigureAwait(false);
        await CleanUpAsync(cancellationToken).ConfigureAwait(false);
        return written;
    }

    private static async ValueTask<bool> InsertAsync(ContextLease lease, TokenRow row, CancellationToken cancellationToken)
    {
        try
        {
            TokenStatements statements = TokenStatements.Of(lease);
            return await statements.InsertAsync(lease, row, cancellationToken).ConfigureAwait(false) == 1
                || await statements.SelectVersionAsync(lease, row.TokenKey, cancellationToken).ConfigureAwait(false) == row.Version
                ? true
                : throw UnreliableDatabaseException.NotInserted();
        }
        catch (DbException error) when (!cancellationToken.IsCancellationRequested && !DbErrors.IsMissingTable(error) && !DbErrors.IsConflict(error))
        {
            long? stored = await TokenStatements.Of(lease).SelectVersionAsync(lease, row.TokenKey, cancellationToken).ConfigureAwait(false);
            if (stored is null && !DbErrors.IsDuplicateKey(error))
            {
                throw;
            }

            // Versions are drawn at random: it is this very row, stored although the answer was lost; or another's.
            return stored == row.Version;
        }
    }

    private static async ValueTask<bool> UpdateAsync(ContextLease lease, TokenRow row, long version, bool inDoubt, CancellationToken cancellationToken)
    {
        TokenStatements statements = TokenStatements.Of(lease);
        int changed = await statements.UpdateAsync(lease, row, version, cancellationToken).ConfigureAwait(false);

        // An attempt before this one may have been stored although its answer was lost.
        return changed > 0 || (inDoubt && await statements.SelectVersionAsync(lease, row.TokenKey, cancellationToken).ConfigureAwait(false) == row.Version);
    }

    private static async ValueTask<bool> DeleteAsync(ContextLease lease, byte[] name, long version, bool inDoubt, CancellationToken cancellationToken)
    {
        TokenStatements statements = TokenStatements.Of(lease);
        return (version != 0 && await statements.DeleteAsync(lease, name, version, cancellationToken).ConfigureAwait(false) > 0)
            || ((version == 0 || inDoubt) && await statements.SelectVersionAsync(lease, name, cancellationToken).ConfigureAwait(false) is null);
    }

    private async ValueTask CleanUpAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        long due = Volatile.Read(ref _nextCleanup);
        if (now.UtcTicks < due || Interlocked.CompareExchange(ref _nextCleanup, (now + CleanupInterval).UtcTicks, due) != due)
        {
            return;
        }

        long over = now.ToUnixTimeMilliseconds();
        try
        {
            await database.WriteAsync<TokenRow, int>(
                (lease, _, token) => TokenStatements.Of(lease).CollectAsync(lease, over, MostRemoved, token),
                shape: null,
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // What was to be written is, whatever becomes of this.
            StoreLog.CleanupFailed(logger, error);
        }
    }
}
