using FuelSessions.Records;
using Npgsql;
using NpgsqlTypes;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>COPY, and the statistics that the server would take by itself a minute later.</summary>
internal sealed class PostgresBulk(string connectionString) : IBulkStore
{
    public async Task AddAsync(IEnumerable<SessionRecord> records, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using (NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            "COPY sessions (session_key, current_id, previous_id, principal, created, updated, expires, version, payload) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            foreach (SessionRecord record in records)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(record.Key.ToByteArray(), NpgsqlDbType.Bytea, cancellationToken);
                await copy.WriteAsync(record.CurrentHash.ToByteArray(), NpgsqlDbType.Bytea, cancellationToken);
                await (record.PreviousHash is { } previous
                    ? copy.WriteAsync(previous.ToByteArray(), NpgsqlDbType.Bytea, cancellationToken)
                    : copy.WriteNullAsync(cancellationToken));
                await (record.Principal is { } principal
                    ? copy.WriteAsync(principal, NpgsqlDbType.Text, cancellationToken)
                    : copy.WriteNullAsync(cancellationToken));
                await copy.WriteAsync(record.Created.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(record.Updated.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(record.Expires.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(record.Version, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(SessionRecordFormat.Encode(record), NpgsqlDbType.Bytea, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await using var analyze = new NpgsqlCommand("ANALYZE sessions", connection);
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<long> CountExpiredAsync()
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand("SELECT count(*) FROM sessions WHERE expires <= $1", connection)
        {
            Parameters = { new() { Value = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() } },
        };
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
