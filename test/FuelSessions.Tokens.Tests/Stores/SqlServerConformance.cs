using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>On the server that FUELSESSIONS_SQLSERVER leads to, each test in a table of its own; the project file leaves it out where that is not set.</summary>
public sealed class SqlServerConformance : TokenManagerConformance
{
    private readonly string _table = $"oauth_tokens_{Guid.NewGuid():N}";

    private static string Server => Environment.GetEnvironmentVariable("FUELSESSIONS_SQLSERVER")
        ?? throw new InvalidOperationException("These tests were built for a SQL Server. Set FUELSESSIONS_SQLSERVER to its connection string.");

    protected override ValueTask ChooseAsync(TokenSessionOptions options)
    {
        options.UseDb(db => db.UseSqlServer(Server, server => server.EnableRetryOnFailure()), _table);
        return default;
    }

    protected override async Task<string?> RawAsync() => await AskAsync($"SELECT * FROM [{_table}] FOR JSON AUTO");

    protected override async ValueTask CleanUpAsync() => await AskAsync($"DROP TABLE IF EXISTS [{_table}]");

    // A long answer comes in several rows.
    private static async Task<string> AskAsync(string sql)
    {
        await using var connection = new SqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new SqlCommand(sql, connection);
        await using SqlDataReader reader = await command.ExecuteReaderAsync();
        string answer = "";
        while (await reader.ReadAsync())
        {
            answer += reader.GetString(0);
        }

        return answer;
    }
}
