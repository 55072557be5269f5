using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>With a provider that retries, as in production.</summary>
[Collection(StoresOnPostgres.Name)]
public sealed class PostgresConformance(PostgresServer server) : TokenManagerConformance
{
    private string? _database;

    protected override async ValueTask ChooseAsync(TokenSessionOptions options)
    {
        _database ??= await server.CreateDatabaseAsync();
        options.UseDb(db => db.UseNpgsql(_database, postgres => postgres.EnableRetryOnFailure()));
    }

    protected override async Task<string?> RawAsync()
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT string_agg(t::text, ' ') FROM oauth_tokens t", connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
