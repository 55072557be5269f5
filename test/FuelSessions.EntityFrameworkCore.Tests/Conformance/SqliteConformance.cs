using FuelSessions.EntityFrameworkCore.Tests.Support;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteConformance : TestAppConformance
{
    private readonly TempFolder _folder = new();

    private protected override Task<TestApp> AppAsync(TimeProvider clock) => TestApp.OnSqlite(_folder.ConnectionString(), clock).CreatedAsync();

    protected override Task<Func<Task>?> StallAsync() => _folder.LockAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
