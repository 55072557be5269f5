using System.Data.Common;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.KeyRing;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// Keeps each session in a row of a relational database: one statement a read, one a write; a second one only to
/// see who won.
/// </summary>
internal sealed class DbSessionDriver(LeasedDatabase database, TimeProvider clock) : ISessionDriver, ICollectExpired, IFindByPrincipal, IKeepDataProtectionKeys
{
    // So that a clean-up holds up those that share its commit for no longer than one of their own does.
    private const int MostShared = 100;

    public IXmlRepository DataProtectionKeys { get; } = new DbKeyRepository(database);

    public bool HonorsCancellation => database.IsSqlite;

    public string? StoreSystem => database.System;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        byte[] keyBytes = key.ToByteArray();
        StoredSession? stored = await database.RunAsync<SessionRow, StoredSession?>(
            (context, _, token) => SessionStatements.Of(context).SelectAsync(context, keyBytes, token),
            cancellationToken).ConfigureAwait(false);
        return stored?.Live(key, Now);
    }

    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        RowToWrite? row = null;
        return await database.WriteAsync<SessionRow, WriteResult>(
            (context, attempts, token) =>
            {
                row ??= new RowToWrite(record, Draft.Encode(record, isStamped: attempts.MayRepeat));
                return record.Version == 1
                    ? InsertAsync(context, row, attempts.AreInDoubt, token)
                    : UpdateAsync(context, row, attempts.AreInDoubt, token);
            },
            new WriteShape(record.Key.ToByteArray(), record.Data.Length),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        ChangeAsync(
            key,
            version,
            async (context, values, token) =>
            {
                values[SessionColumns.Expires] = expires.ToUnixTimeMilliseconds();
                return await SessionStatements.Of(context).Touch.ExecuteAsync(context, values, token).ConfigureAwait(false);
            },
            WriteResult.Written,
            cancellationToken);

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        ChangeAsync(
            key,
            version,
            (context, values, token) => SessionStatements.Of(context).Delete.ExecuteAsync(context, values, token),
            ifUnchanged: null,
            cancellationToken);

    public async ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        long now = Now;
        List<(byte[] Key, StoredSession Session)> rows = await database.RunAsync<SessionRow, List<(byte[], StoredSession)>>(
            (context, _, token) => SessionStatements.Of(context).SelectOfAsync(context, principal, now, token),
            cancellationToken).ConfigureAwait(false);
        List<SessionRecord> found = [];
        foreach ((byte[] key, StoredSession session) in rows)
        {
            try
            {
                // Names that differ in case may be one to the database.
                if (session.Live(SessionKey.FromBytes(key), now) is { } record && string.Equals(record.Principal, principal, StringComparison.Ordinal))
                {
                    found.Add(record);
                }
            }
            catch (SessionRecordFormatException)
            {
                // Left alone, as a read leaves it.
            }
        }

        return found;
    }

    public async ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return await database.WriteAsync<SessionRow, int>(
            (context, _, token) => SessionStatements.Of(context).Collect.ExecuteAsync(
                context,
                new Dictionary<string, object?> { [SessionStatements.Now] = Now, [StatementText.Limit] = (long)limit },
                token),
            limit > MostShared ? null : WriteShape.SomeRows,
            cancellationToken).ConfigureAwait(false);
    }

    /// <param name="ifUnchanged">The answer if the row is there in that version, and was left as it is; null: the row that is still there.</param>
    private async ValueTask<WriteResult> ChangeAsync(
        SessionKey key,
        long version,
        Func<DbContext, Dictionary<string, object?>, CancellationToken, Task<int>> changeAsync,
        WriteResult? ifUnchanged,
        CancellationToken cancellationToken)
    {
        byte[] keyBytes = key.ToByteArray();
        return await database.WriteAsync<SessionRow, WriteResult>(
            async (context, _, token) =>
            {
                long now = Now;
                var values = new Dictionary<string, object?>
                {
                    [SessionColumns.SessionKey] = keyBytes,
                    [SessionStatements.ExpectedVersion] = version,
                    [SessionStatements.Now] = now,
                };
                if (await changeAsync(context, values, token).ConfigureAwait(false) > 0)
                {
                    return WriteResult.Written;
                }

                // No row: it is absent, or of another version, or there was nothing to change.
                StoredSession? stored = await SessionStatements.Of(context).SelectAsync(context, keyBytes, token).ConfigureAwait(false);
                return stored?.Live(key, now) is not { } live ? WriteResult.Gone
                    : live.Version == version && ifUnchanged is { } unchanged ? unchanged
                    : WriteResult.Lost(live);
            },
            new WriteShape(keyBytes, 0),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<WriteResult> UpdateAsync(DbContext context, RowToWrite row, bool inDoubt, CancellationToken cancellationToken)
    {
        SessionStatements statements = SessionStatements.Of(context);
        long now = Now;
        if (await statements.Update.ExecuteAsync(context, row.Values(now), cancellationToken).ConfigureAwait(false) > 0)
        {
            return WriteResult.Written;
        }

        StoredSession? stored = await statements.SelectAsync(context, row.Key, cancellationToken).ConfigureAwait(false);

        // An attempt before this one may have been stored although its answer was lost.
        return inDoubt && row.Is(stored) ? WriteResult.Written
            : stored?.Live(row.Record.Key, now) is { } winner ? Lost(row, winner, inDoubt)
            : WriteResult.Gone;
    }

    /// <exception cref="SessionStoreException">Whether the record was stored before the winner can't be told any more.</exception>
    private static WriteResult Lost(RowToWrite row, SessionRecord winner, bool inDoubt) => inDoubt && winner.Version > row.Record.Version
        ? throw new SessionStoreException("The connection broke while the session was saved, and others have saved it since: what became of it can't be told any more.") { IsOutcomeUnknown = true }
        : WriteResult.Lost(winner);

    private async Task<WriteResult> InsertAsync(DbContext context, RowToWrite row, bool inDoubt, CancellationToken cancellationToken)
    {
        SessionStatements statements = SessionStatements.Of(context);
        while (true)
        {
            long now = Now;
            IReadOnlyDictionary<string, object?> values = row.Values(now);
            try
            {
                if (await statements.Insert.ExecuteAsync(context, values, cancellationToken).ConfigureAwait(false) == 1
                    || row.Is(await statements.SelectAsync(context, row.Key, cancellationToken).ConfigureAwait(false)))
                {
                    return WriteResult.Written;
                }

                throw UnreliableDatabaseException.NotInserted();
            }
            catch (DbException error) when (!cancellationToken.IsCancellationRequested && !DbErrors.IsMissingTable(error) && !DbErrors.IsConflict(error))
            {
                bool taken = DbErrors.IsDuplicateKey(error);
                StoredSession? stored = await statements.SelectAsync(context, row.Key, cancellationToken).ConfigureAwait(false);
                if (stored is null && !taken)
                {
                    throw;
                }

                // Stored, although the answer was lost. Nobody else writes these bytes: they hold the hash of a random secret.
                if (row.Is(stored) && (inDoubt || !taken))
                {
                    return WriteResult.Written;
                }

                if (stored?.Live(row.Record.Key, now) is { } winner)
                {
                    return Lost(row, winner, inDoubt);
                }
            }

            // The key is a dead session's that nobody has collected yet, or just did.
            if (await statements.Supersede.ExecuteAsync(context, values, cancellationToken).ConfigureAwait(false) > 0)
            {
                return WriteResult.Written;
            }
        }
    }
}
