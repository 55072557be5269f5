using System.Data.Common;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>A database of a storm's own, and what troubles those who write to it.</summary>
internal abstract class StormPlace : IAsyncDisposable
{
    /// <summary>Its connection string.</summary>
    internal abstract string Database { get; }

    /// <summary>Whether EF Core can be told to repeat there what failed.</summary>
    internal abstract bool KnowsRepeating { get; }

    internal static async Task<StormPlace> OpenAsync(string store) => store switch
    {
        "sqlite" => new SqlitePlace(),
        "postgres" => await PostgresPlace.OpenAsync(),
        _ => throw new ArgumentException($"--store is '{store}'; there are sqlite and postgres."),
    };

    /// <summary>Makes trouble until <paramref name="end"/>.</summary>
    /// <returns>What it has done, in words.</returns>
    internal abstract Task<string> DisturbAsync(SessionKey[] sessions, Random random, CancellationToken end);

    /// <summary>Leaves no session.</summary>
    internal async Task EmptyAsync() => await ExecuteAsync("DELETE FROM sessions", static reader => reader.ReadAsync());

    /// <summary>The principals by which sessions are found, as they are in the column of that name.</summary>
    internal async Task<Dictionary<SessionKey, string?>> PrincipalsAsync()
    {
        Dictionary<SessionKey, string?> principals = [];
        await ExecuteAsync("SELECT session_key, principal FROM sessions", async reader =>
        {
            while (await reader.ReadAsync())
            {
                principals.Add(SessionKey.FromBytes((byte[])reader.GetValue(0)), reader.IsDBNull(1) ? null : reader.GetString(1));
            }
        });
        return principals;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract DbConnection Connect();

    private async Task ExecuteAsync(string text, Func<DbDataReader, Task> read)
    {
        await using DbConnection connection = Connect();
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = text;
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        await read(reader);
    }
}
