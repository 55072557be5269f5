using System.Data.Common;
using FuelSessions.EntityFrameworkCore;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using FuelSessions.Tokens.Stores;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.EntityFrameworkCore;

/// <summary>
/// A row for each token; one statement a read and a write, with the version in its condition. Rows that have ended are removed on the way, now
/// and then.
/// </summary>
internal sealed class DbTokenStore(LeasedDatabase database, TimeProvider clock, ILogger logger) : ITokenStore
{
    private const int MostRemoved = 500;

    private static readonly TimeSpan CleanupInterval = TimeSpan.FromHours(1);

    private long _nextCleanup;

    internal Task EnsureCreatedAsync(CancellationToken cancellationToken) => database.EnsureCreatedAsync(cancellationToken);

    public async ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        byte[] name = TokenName.BytesOf(key);
        TokenRow? row = await database.RunAsync<TokenRow, TokenRow?>(
            (context, _, token) => Rows(context).FirstOrDefaultAsync(row => row.TokenKey == name, token), cancellationToken).ConfigureAwait(false);
        return row?.Token();
    }

    public async ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken)
    {
        byte[] name = TokenName.BytesOf(key);
        TokenRow? row = next is null ? null : TokenRow.Of(name, key.Client, next);
        bool written = await database.WriteAsync<TokenRow, bool>(
            (context, attempt, token) => (row, version) switch
            {
                (null, _) => DeleteAsync(context, name, version, attempt > 1, token),
                (_, 0) => InsertAsync(context, row, token),
                _ => UpdateAsync(context, row, version, attempt > 1, token),
            },
            cancellationToken).ConfigureAwait(false);
        await CleanUpAsync(cancellationToken).ConfigureAwait(false);
        return written;
    }

    private static IQueryable<TokenRow> Rows(DbContext context)
    {
        TokenTables.All.RowType(context, typeof(TokenRow));
        return context.Set<TokenRow>().AsNoTracking().IgnoreQueryFilters();
    }

    private static Task<long?> VersionAsync(DbContext context, byte[] name, CancellationToken cancellationToken) =>
        Rows(context).Where(row => row.TokenKey == name).Select(row => (long?)row.Version).FirstOrDefaultAsync(cancellationToken);

    private static async Task<bool> InsertAsync(DbContext context, TokenRow row, CancellationToken cancellationToken)
    {
        try
        {
            await TokenInsert.ExecuteAsync(context, row, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbException error) when (!cancellationToken.IsCancellationRequested && !DbErrors.IsMissingTable(error))
        {
            long? stored = await VersionAsync(context, row.TokenKey, cancellationToken).ConfigureAwait(false);
            if (stored is null && !DbErrors.IsDuplicateKey(error))
            {
                throw;
            }

            // Versions are drawn at random: it is this very row, stored although the answer was lost; or another's.
            return stored == row.Version;
        }
    }

    private static async Task<bool> UpdateAsync(DbContext context, TokenRow row, long version, bool retried, CancellationToken cancellationToken)
    {
        int changed = await Rows(context).Where(stored => stored.TokenKey == row.TokenKey && stored.Version == version).ExecuteUpdateAsync(
            set => set
                .SetProperty(stored => stored.AccessToken, row.AccessToken)
                .SetProperty(stored => stored.RefreshToken, row.RefreshToken)
                .SetProperty(stored => stored.IssuedAt, row.IssuedAt)
                .SetProperty(stored => stored.ExpiresAt, row.ExpiresAt)
                .SetProperty(stored => stored.RefreshExpiresAt, row.RefreshExpiresAt)
                .SetProperty(stored => stored.Scope, row.Scope)
                .SetProperty(stored => stored.RefType, row.RefType)
                .SetProperty(stored => stored.RefId, row.RefId)
                .SetProperty(stored => stored.Extra, row.Extra)
                .SetProperty(stored => stored.Version, row.Version)
                .SetProperty(stored => stored.EndsAt, row.EndsAt),
            cancellationToken).ConfigureAwait(false);

        // The attempt before this one may have been stored although its answer was lost.
        return changed > 0 || (retried && await VersionAsync(context, row.TokenKey, cancellationToken).ConfigureAwait(false) == row.Version);
    }

    private static async Task<bool> DeleteAsync(DbContext context, byte[] name, long version, bool retried, CancellationToken cancellationToken)
    {
        int removed = version == 0
            ? 0
            : await Rows(context).Where(row => row.TokenKey == name && row.Version == version).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        return removed > 0
            || ((version == 0 || retried) && await VersionAsync(context, name, cancellationToken).ConfigureAwait(false) is null);
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
                (context, _, token) =>
                {
                    IQueryable<byte[]> batch = Rows(context).Where(row => row.EndsAt <= over).OrderBy(row => row.EndsAt).Select(row => row.TokenKey).Take(MostRemoved);

                    // Asked a second time of the row itself, which another writer may have replaced since it was picked.
                    return Rows(context).Where(row => batch.Contains(row.TokenKey) && row.EndsAt <= over).ExecuteDeleteAsync(token);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // What was to be written is, whatever becomes of this.
            StoreLog.CleanupFailed(logger, error);
        }
    }
}
