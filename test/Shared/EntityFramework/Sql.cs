using System.Data.Common;

namespace FuelSessions.Tests.Databases;

/// <summary>Statements that a test sends itself.</summary>
internal static class Sql
{
    /// <summary>On a connection that is open.</summary>
    internal static async Task<object?> ScalarAsync(this DbConnection connection, string sql)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    /// <summary>On a connection for that alone.</summary>
    internal static async Task<object?> OnceAsync(DbConnection connection, string sql)
    {
        await using (connection)
        {
            await connection.OpenAsync();
            return await connection.ScalarAsync(sql);
        }
    }
}
