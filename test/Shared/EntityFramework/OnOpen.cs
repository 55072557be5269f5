using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.Tests.Databases;

/// <summary>Says something to every connection that is opened, as a default of the server would have it, or an app's interceptor.</summary>
internal sealed class OnOpen(string sql) : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
