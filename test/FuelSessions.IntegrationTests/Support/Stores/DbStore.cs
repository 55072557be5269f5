using System.Data.Common;
using FuelSessions.Records;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A database of the test's own.</summary>
internal abstract class DbStore() : Store("db", "did")
{
    internal override Task PrepareAsync(IServiceProvider services) => services.EnsureFuelSessionsCreatedAsync();

    internal override async Task<byte[]> BytesAsync(SessionKey key)
    {
        await using DbConnection connection = await OpenAsync();
        await using DbCommand command = Command(connection, "SELECT payload FROM sessions WHERE session_key = @key", key, null);
        return (byte[])(await command.ExecuteScalarAsync())!;
    }

    internal override async Task OverwriteAsync(SessionKey key, byte[] bytes)
    {
        await using DbConnection connection = await OpenAsync();
        await using DbCommand command = Command(connection, "UPDATE sessions SET payload = @payload WHERE session_key = @key", key, bytes);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    protected abstract Task<DbConnection> OpenAsync();

    private static DbCommand Command(DbConnection connection, string text, SessionKey key, byte[]? payload)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = text;
        Add("key", key.ToByteArray());
        if (payload is not null)
        {
            Add("payload", payload);
        }

        return command;

        void Add(string name, byte[] value)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }
}
