using FuelSessions.Records;
using Microsoft.Data.Sqlite;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>One transaction, one prepared statement.</summary>
internal sealed class SqliteBulk(string connectionString) : IBulkStore
{
    public async Task AddAsync(IEnumerable<SessionRecord> records, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using SqliteTransaction transaction = connection.BeginTransaction();
        await using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText =
            "INSERT INTO sessions (session_key, current_id, previous_id, principal, created, updated, expires, version, payload) "
            + "VALUES ($key, $current, $previous, $principal, $created, $updated, $expires, $version, $payload)";
        string[] names = ["$key", "$current", "$previous", "$principal", "$created", "$updated", "$expires", "$version", "$payload"];
        SqliteParameter[] parameters = [.. names.Select(name => insert.Parameters.Add(new SqliteParameter(name, null)))];
        foreach (SessionRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            object?[] values =
            [
                record.Key.ToByteArray(), record.CurrentHash.ToByteArray(), (object?)record.PreviousHash?.ToByteArray() ?? DBNull.Value, (object?)record.Principal ?? DBNull.Value,
                record.Created.ToUnixTimeMilliseconds(), record.Updated.ToUnixTimeMilliseconds(), record.Expires.ToUnixTimeMilliseconds(),
                record.Version, SessionRecordFormat.Encode(record),
            ];
            for (int index = 0; index < values.Length; index++)
            {
                parameters[index].Value = values[index];
            }

            insert.ExecuteNonQuery();
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<long> CountExpiredAsync()
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync();
        await using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM sessions WHERE expires <= $now";
        count.Parameters.AddWithValue("$now", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return (long)count.ExecuteScalar()!;
    }
}
