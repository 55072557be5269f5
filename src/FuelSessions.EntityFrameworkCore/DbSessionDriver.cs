using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.KeyRing;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// Keeps each session in a row of a relational database: one statement a read, one a write; a further one only to
/// see who won, and on SQLite to move the end or the principal of a session.
/// </summary>
internal sealed class DbSessionDriver(LeasedDatabase database, TimeProvider clock) : ISessionDriver, ICollectExpired, IFindByPrincipal, IKeepDataProtectionKeys
{
    // So that a clean-up holds up those that share its commit for no longer than one of their own does.
    private const int MostShared = 100;

    // How often the row that took a key may be gone when it is looked for: once, if it was just collected.
    private const int MostVanished = 3;

    public IXmlRepository DataProtectionKeys { get; } = new DbKeyRepository(database);

    public bool HonorsCancellation => database.IsSqlite;

    public string? StoreSystem => database.System;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        byte[] keyBytes = key.ToByteArray();
        StoredSession? stored = await database.RunAsync<SessionRow, StoredSession?>(
            (lease, _, token) => SessionStatements.Of(lease).SelectAsync(lease, keyBytes, token),
            cancellationToken).ConfigureAwait(false);
        return stored?.Live(key, Now);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        RowToWrite? row = null;
        return await database.WriteAsync<SessionRow, WriteResult>(
            (lease, attempts, token) =>
            {
                row ??= new RowToWrite(record, Draft.Encode(record, isStamped: attempts.MayRepeat));
                return record.Version == 1
                    ? InsertAsync(lease, row, attempts.AreInDoubt, token)
                    : UpdateAsync(lease, row, attempts.AreInDoubt, token);
            },
            new WriteShape(record.Key.ToByteArray(), record.Data.Length),
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        ChangeAsync(
            key,
            version,
            static statements => statements.Touch,
            expires,
            WriteResult.Written,
            cancellationToken);

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        ChangeAsync(
            key,
            version,
            static statements => statements.Delete,
            expires: null,
            ifUnchanged: null,
            cancellationToken);

    public async ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        long now = Now;
        List<(byte[] Key, StoredSession Session)> rows = await database.RunAsync<SessionRow, List<(byte[], StoredSession)>>(
            (lease, _, token) => SessionStatements.Of(lease).SelectOfAsync(lease, principal, now, token),
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
        int removed = await database.WriteAsync<SessionRow, int>(
            (lease, _, token) => SessionStatements.Of(lease).Collect.ExecuteAsync(
                lease, new NamedValues(new(SessionStatements.Now, Now), new(StatementText.Limit, (long)limit)), token),
            limit > MostShared ? null : WriteShape.SomeRows,
            cancellationToken).ConfigureAwait(false);
        if (removed > 0 && database.IsSqlite)
        {
            await MoveIntoFileAsync(cancellationToken).ConfigureAwait(false);
        }

        return removed;
    }

    // What was removed lies all over the file: moved there by whoever commits when the log is full, it would take tens of milliseconds while everybody waits.
    private async ValueTask MoveIntoFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.RunAsync<SessionRow, bool>(
                static async (lease, _, token) =>
                {
                    await SessionStatements.Of(lease).CheckpointAsync(lease, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // No more came of it than that it is left for a commit. The rows are removed all the same.
        }
    }

    /// <param name="statement">What changes it.</param>
    /// <param name="expires">When it is to end, for a statement that moves that.</param>
    /// <param name="ifUnchanged">The answer if the row is there in that version, and was left as it is; null: the row that is still there.</param>
    private async ValueTask<WriteResult> ChangeAsync(
        SessionKey key,
        long version,
        Func<SessionStatements, Statement> statement,
        DateTimeOffset? expires,
        WriteResult? ifUnchanged,
        CancellationToken cancellationToken)
    {
        byte[] keyBytes = key.ToByteArray();
        return await database.WriteAsync<SessionRow, WriteResult>(
            async (lease, _, token) =>
            {
                SessionStatements statements = SessionStatements.Of(lease);
                long now = Now;
                var values = new NamedValues(
                    new(SessionColumns.SessionKey, keyBytes),
                    new(SessionStatements.ExpectedVersion, version),
                    new(SessionStatements.Now, now),
                    new(SessionColumns.Expires, expires?.ToUnixTimeMilliseconds()));
                if (await statement(statements).ExecuteAsync(lease, values, token).ConfigureAwait(false) > 0)
                {
                    return WriteResult.Written;
                }

                // No row: it is absent, or of another version, or there was nothing to change.
                StoredSession? stored = await statements.SelectAsync(lease, keyBytes, token).ConfigureAwait(false);
                return stored?.Live(key, now) is not { } live ? WriteResult.Gone
                    : live.Version == version && ifUnchanged is { } unchanged ? unchanged
                    : WriteResult.Lost(live);
            },
            new WriteShape(keyBytes, 0),
            cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> UpdateAsync(ContextLease lease, RowToWrite row, bool inDoubt, CancellationToken cancellationToken)
    {
        SessionStatements statements = SessionStatements.Of(lease);
        long now = Now;
        NamedValues values = row.Values(now);
        if ((statements.UpdateInPlace is { } inPlace && await inPlace.ExecuteAsync(lease, values, cancellationToken).ConfigureAwait(false) > 0)
            || await statements.Update.ExecuteAsync(lease, values, cancellationToken).ConfigureAwait(false) > 0)
        {
            return WriteResult.Written;
        }

        StoredSession? stored = await statements.SelectAsync(lease, row.Key, cancellationToken).ConfigureAwait(false);

        // An attempt before this one may have been stored although its answer was lost.
        return inDoubt && row.Is(stored) ? WriteResult.Written
            : stored?.Live(row.Record.Key, now) is { } winner ? Lost(row, winner, inDoubt)
            : WriteResult.Gone;
    }

    /// <exception cref="SessionStoreException">Whether the record was stored before the winner can't be told any more.</exception>
    private static WriteResult Lost(RowToWrite row, SessionRecord winner, bool inDoubt) => inDoubt && winner.Version > row.Record.Version
        ? throw new SessionStoreException("The connection broke while the session was saved, and others have saved it since: what became of it can't be told any more.") { IsOutcomeUnknown = true }
        : WriteResult.Lost(winner);

    private async ValueTask<WriteResult> InsertAsync(ContextLease lease, RowToWrite row, bool inDoubt, CancellationToken cancellationToken)
    {
        SessionStatements statements = SessionStatements.Of(lease);
        for (int attempt = 1; ; attempt++)
        {
            long now = Now;
            NamedValues values = row.Values(now);
            try
            {
                if (await statements.Insert.ExecuteAsync(lease, values, cancellationToken).ConfigureAwait(false) == 1
                    || row.Is(await statements.SelectAsync(lease, row.Key, cancellationToken).ConfigureAwait(false)))
                {
                    return WriteResult.Written;
                }

                throw UnreliableDatabaseException.NotInserted();
            }
            catch (DbException error) when (!cancellationToken.IsCancellationRequested && !DbErrors.IsMissingTable(error) && !DbErrors.IsConflict(error))
            {
                bool taken = DbErrors.IsDuplicateKey(error);
                StoredSession? stored = await statements.SelectAsync(lease, row.Key, cancellationToken).ConfigureAwait(false);
                if (stored is null && (!taken || attempt > MostVanished))
                {
                    // What is taken, if anything, is no key of a session: another index of the app's on the table, for instance.
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
            if (await statements.Supersede.ExecuteAsync(lease, values, cancellationToken).ConfigureAwait(false) > 0)
            {
                return WriteResult.Written;
            }
        }
    }
}
