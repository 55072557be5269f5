using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Tool.Stores;

/// <summary>The table of the db driver.</summary>
internal sealed class SqlSessions : IStoredSessions
{
    // Short locks, so that the app goes on meanwhile.
    private const int Batch = 500;

    private readonly SqlDialect _dialect;
    private readonly DbConnection _connection;
    private readonly string _name;
    private readonly string _table;

    private SqlSessions(SqlDialect dialect, DbConnection connection, string name) =>
        (_dialect, _connection, _name, _table) = (dialect, connection, name, dialect.Quote(name));

    internal string Where => $"table {_name} of {_dialect.Name} database '{_connection.Database}'";

    internal static async Task<SqlSessions> OpenAsync(SqlDialect dialect, string connection, string table, bool mayCreate, CancellationToken cancellationToken)
    {
        DbConnection? opened = null;
        try
        {
            opened = dialect.Connect(connection, mayCreate);
            await opened.OpenAsync(cancellationToken);
            var sessions = new SqlSessions(dialect, opened, table);
            if (dialect.AtFirst is { } statement)
            {
                await sessions.ExecuteAsync(statement, cancellationToken);
            }

            return sessions;
        }
        catch (Exception error)
        {
            await (opened?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (error is ArgumentException)
            {
                throw StoreOptions.Unreadable();
            }

            throw;
        }
    }

    internal async Task<bool> ExistsAsync(string? table = null, CancellationToken cancellationToken = default) =>
        await NumberAsync(_dialect.TableExists, cancellationToken, ("name", table ?? _name)) > 0;

    /// <exception cref="ToolException">The table is missing.</exception>
    internal async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(cancellationToken: cancellationToken))
        {
            throw new ToolException(ExitCode.NotFound, $"There is no {Where}. fuelsessions db create makes it.");
        }
    }

    internal Task CreateAsync(CancellationToken cancellationToken) => ExecuteAsync(_dialect.CreateScript(_name), cancellationToken);

    internal Task DropAsync(CancellationToken cancellationToken) => ExecuteAsync($"DROP TABLE {_table}", cancellationToken);

    internal Task<long> CountAsync(CancellationToken cancellationToken) => NumberAsync($"SELECT COUNT(*) FROM {_table}", cancellationToken);

    internal Task ClearAsync(CancellationToken cancellationToken) => ExecuteAsync($"DELETE FROM {_table}", cancellationToken);

    public IAsyncEnumerable<StoredEntry> ReadAsync(CancellationToken cancellationToken) => SelectAsync("", cancellationToken);

    public IAsyncEnumerable<StoredEntry> ReadCandidatesAsync(string principal, CancellationToken cancellationToken) =>
        SelectAsync(" WHERE principal = @principal", cancellationToken, ("principal", principal));

    public async Task<bool> RemoveAsync(SessionRecord record, CancellationToken cancellationToken) =>
        await ExecuteAsync($"DELETE FROM {_table} WHERE session_key = @key AND version = @version", cancellationToken, ("key", record.Key.ToByteArray()), ("version", record.Version)) > 0
        || await NumberAsync($"SELECT COUNT(*) FROM {_table} WHERE session_key = @key", cancellationToken, ("key", record.Key.ToByteArray())) == 0;

    public async Task<long?> CollectAsync(DateTimeOffset now, Action<long> progress, CancellationToken cancellationToken)
    {
        await RequireAsync(cancellationToken);
        long removed = 0;
        while (await OverAsync(now, cancellationToken) is { Count: > 0 } keys)
        {
            await using DbTransaction together = await _connection.BeginTransactionAsync(cancellationToken);
            foreach (byte[] key in keys)
            {
                removed += await ExecuteAsync($"DELETE FROM {_table} WHERE session_key = @key AND expires <= @now", cancellationToken, together, ("key", key), ("now", now.ToUnixTimeMilliseconds()));
            }

            await together.CommitAsync(cancellationToken);
            progress(removed);
            if (keys.Count < Batch)
            {
                break;
            }
        }

        return removed;
    }

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(cancellationToken: cancellationToken))
        {
            yield return new Finding("table", $"{Where} is missing", "fuelsessions db create makes it; so does an app whose db driver has a context of its own, and a migration otherwise (docs/databases.md).");
            yield break;
        }

        yield return new Finding("table", $"{await CountAsync(cancellationToken)} rows in {Where}");
        if (_dialect.Now is { } clock)
        {
            yield return ClockSkew.Found(DateTimeOffset.FromUnixTimeMilliseconds(await NumberAsync(clock, cancellationToken)));
        }

        bool hasKeys = await ExistsAsync("data_protection_keys", cancellationToken) && await NumberAsync($"SELECT COUNT(*) FROM {_dialect.Quote("data_protection_keys")}", cancellationToken) > 0;
        yield return KeyRing.Found(hasKeys);
        if (_dialect.Name == "sqlite")
        {
            string journal = (await ScalarAsync("PRAGMA journal_mode", cancellationToken))?.ToString() ?? "";
            yield return new Finding("journal", journal, journal is "wal" or "memory" ? null : "Readers wait for writers. PRAGMA journal_mode=WAL; changes the file for good.");
            yield return FileRights.Found(_connection.DataSource);
        }

        yield return await ProbeAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // In a transaction that is never committed: of a database that is in use nobody sees that row.
    private async Task<Finding> ProbeAsync(CancellationToken cancellationToken)
    {
        (string, object) key = ("key", RandomNumberGenerator.GetBytes(SessionKey.Size));
        (string, object) later = ("later", TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds());
        try
        {
            await using DbTransaction probe = await _connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync($"INSERT INTO {_table} (session_key, current_id, created, updated, expires, version, payload) VALUES (@key, @key, 0, 0, @later, 1, @key)", cancellationToken, probe, key, later);
            int changed = await ExecuteAsync($"UPDATE {_table} SET version = 2 WHERE session_key = @key AND version = 1", cancellationToken, probe, key);
            int removed = await ExecuteAsync($"DELETE FROM {_table} WHERE session_key = @key AND version = 2", cancellationToken, probe, key);
            await probe.RollbackAsync(cancellationToken);
            return (changed, removed) == (1, 1)
                ? new Finding(Probing.What, "a row was written, compared and removed, and nothing of that committed")
                : new Finding(Probing.What, $"of one row that was written {changed} were changed and {removed} removed", Probing.Fix);
        }
        catch (DbException error)
        {
            return new Finding(Probing.What, error.Message, Probing.Fix);
        }
    }

    private async IAsyncEnumerable<StoredEntry> SelectAsync(string condition, [EnumeratorCancellation] CancellationToken cancellationToken, params (string, object)[] values)
    {
        await RequireAsync(cancellationToken);
        await using DbCommand command = Command($"SELECT session_key, expires, payload, principal FROM {_table}{condition}", null, values);
        await using DbDataReader rows = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            byte[] payload = (byte[])rows.GetValue(2);
            SessionKey key = SessionKey.FromBytes((byte[])rows.GetValue(0));
            yield return StoredEntry.Of(key, payload.Length, () => SessionRecordFormat.Decode(key, BehindStamp(payload)), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)))
                with { IndexedFor = rows.IsDBNull(3) ? null : rows.GetString(3) };
        }
    }

    // Of a draft, where the app's provider retries: a 0, with which no record begins, and 7 random bytes.
    private static ReadOnlyMemory<byte> BehindStamp(byte[] payload) => payload is [0, ..] && payload.Length > 8 ? payload.AsMemory(8) : payload;

    private async Task<List<byte[]>> OverAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using DbCommand command = Command(_dialect.First(Batch, "session_key", $"FROM {_table} WHERE expires <= @now"), null, [("now", now.ToUnixTimeMilliseconds())]);
        await using DbDataReader rows = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<byte[]>();
        while (await rows.ReadAsync(cancellationToken))
        {
            keys.Add((byte[])rows.GetValue(0));
        }

        return keys;
    }

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string, object)[] values) => ExecuteAsync(sql, cancellationToken, null, values);

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, DbTransaction? transaction, params (string, object)[] values)
    {
        await using DbCommand command = Command(sql, transaction, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<long> NumberAsync(string sql, CancellationToken cancellationToken, params (string, object)[] values) =>
        Convert.ToInt64(await ScalarAsync(sql, cancellationToken, values), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken, params (string, object)[] values)
    {
        await using DbCommand command = Command(sql, null, values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private DbCommand Command(string sql, DbTransaction? transaction, (string Name, object Value)[] values)
    {
        DbCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach ((string name, object value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
