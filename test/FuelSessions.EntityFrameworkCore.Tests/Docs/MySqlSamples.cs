using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Docs;

/// <summary>What docs/databases.md shows of MySQL, word for word.</summary>
internal static class MySqlSamples
{
    internal static void Db(WebApplicationBuilder builder, string connectionString) =>
        builder.Services.AddFuelSessions(o => o.Driver = "db").AddDbDriver(db => db.UseMySQL(connectionString));
}
