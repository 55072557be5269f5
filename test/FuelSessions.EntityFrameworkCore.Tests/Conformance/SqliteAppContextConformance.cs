using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteAppContextConformance : CollectingDriverConformance
{
    private readonly TempFolder _folder = new();
    private TestApp? _app;

    protected override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            clock,
            services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString()).AddInterceptors(new CommandLog())));
        await using AsyncServiceScope scope = _app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync();
        return _app.Driver;
    }

    protected override Task<Func<Task>?> StallAsync() => _folder.LockAsync();

    public override async Task DisposeAsync()
    {
        await _app!.DisposeAsync();
        _folder.Dispose();
    }
}
