using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.EntityFrameworkCore;
using MySql.Data.MySqlClient;

namespace FuelSessions.Tokens.Tests.Stores;

[Collection(StoresOnMariaDb.Name)]
public sealed class MariaDbConformance(MariaDbServer server) : TokenManagerConformance
{
    private string? _database;

    protected override async ValueTask ChooseAsync(TokenSessionOptions options)
    {
        _database ??= await server.CreateDatabaseAsync();
        options.UseDb(db => db.UseMySQL(_database));
    }

    protected override async Task<string?> RawAsync()
    {
        await using var connection = new MySqlConnection(_database);
        await connection.OpenAsync();
        await using var command = new MySqlCommand("SELECT * FROM oauth_tokens", connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string?> values = [];
        while (await reader.ReadAsync())
        {
            values.AddRange(Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) switch
            {
                byte[] bytes => Convert.ToHexString(bytes),
                object value => value.ToString(),
            }));
        }

        return values.Count == 0 ? null : string.Join(' ', values);
    }
}
