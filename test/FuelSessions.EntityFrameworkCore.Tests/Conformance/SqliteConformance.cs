using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteConformance : CollectingDriverConformance
{
    private readonly TempFolder _folder = new();
    private TestApp? _app;

    protected override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _app = await TestApp.OnSqlite(_folder.ConnectionString(), clock).CreatedAsync();
        return _app.Driver;
    }

    protected override Task<Func<Task>?> StallAsync() => _folder.LockAsync();

    public override async Task DisposeAsync()
    {
        await _app!.DisposeAsync();
        _folder.Dispose();
    }
}
