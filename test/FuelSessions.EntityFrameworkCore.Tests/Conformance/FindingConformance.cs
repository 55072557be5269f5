using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteFindingConformance : DbFinding
{
    private readonly TempFolder _folder = new();

    private protected override Task<TestApp> StartAsync(TimeProvider clock) => TestApp.OnSqlite(_folder.ConnectionString(), clock).CreatedAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresFindingConformance(PostgresServer server) : DbFinding
{
    private protected override async Task<TestApp> StartAsync(TimeProvider clock) =>
        await TestApp.OnPostgres(await server.SharedDatabaseAsync(nameof(PostgresFindingConformance)), clock).CreatedAsync();
}

[Collection(MariaDbCollection.Name)]
public sealed class MariaDbFindingConformance(MariaDbServer server) : DbFinding
{
    private protected override async Task<TestApp> StartAsync(TimeProvider clock) =>
        await TestApp.OnMariaDb(await server.SharedDatabaseAsync(nameof(MariaDbFindingConformance)), clock).CreatedAsync();
}

public abstract class DbFinding : PrincipalFindingConformance
{
    private TestApp? _app;

    private protected abstract Task<TestApp> StartAsync(TimeProvider clock);

    protected override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _app = await StartAsync(clock);
        return _app.Driver;
    }

    public override async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
