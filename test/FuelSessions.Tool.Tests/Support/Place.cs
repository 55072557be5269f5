using System.Data.Common;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Tool.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tool.Tests.Support;

/// <summary>Where an app keeps its sessions, and the tool finds them.</summary>
internal sealed record Place(string Store, string Connection, string Prefix)
{
    internal bool IsDatabase => Store is "sqlite" or "postgresql" or "mysql";

    internal string[] Options => ["--store", Store, "--connection", Connection, .. Store == "redis" ? ["--key-prefix", Prefix] : Array.Empty<string>()];

    internal Task<ToolRun> RunAsync(params string[] command) => ToolRun.RunAsync([.. command, .. Options]);

    /// <summary>An app on it, whose endpoints sign in, tell and set.</summary>
    internal Task<TestApp> StartAsync(FakeTimeProvider? clock = null, Action<WebApplication>? more = null) => TestApp.StartAsync(
        o => o.Driver = IsDatabase ? "db" : Store,
        app =>
        {
            app.MapGet("/sign-in/{user}", (Session session, string user) => session.AttachPrincipal(user).Set("secret", "Lovelace").Fingerprint);
            app.MapGet("/set", (Session session) => session.Set("name", "Grace").Fingerprint);
            app.MapGet("/who", (Session session) => session.Principal ?? "nobody");
            more?.Invoke(app);
        },
        sessions => Add(sessions),
        configuration: [.. StoreTimeouts.Long, .. Store == "file" ? [new("FuelSessions:Path", Connection)] : Array.Empty<KeyValuePair<string, string?>>()],
        clock: clock);

    /// <summary>Statements of an operator's own, on a database.</summary>
    /// <returns>The number that the last one has selected.</returns>
    internal async Task<long?> ExecuteAsync(string sql)
    {
        await using DbConnection connection = SqlDialect.Of(Store).Connect(Connection, false);
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() as long?;
    }

    private void Add(FuelSessionsBuilder sessions)
    {
        _ = Store switch
        {
            "sqlite" => sessions.AddDbDriver(db => db.UseSqlite(Connection)),
            "postgresql" => sessions.AddDbDriver(db => db.UseNpgsql(Connection)),
            "mysql" => sessions.AddDbDriver(db => db.UseMySQL(Connection)),
            "redis" => sessions.AddRedisDriver(Connection, o => o.KeyPrefix = Prefix),
            _ => sessions,
        };
    }
}
