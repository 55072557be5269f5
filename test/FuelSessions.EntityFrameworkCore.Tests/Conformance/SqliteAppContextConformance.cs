using FuelSessions.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteAppContextConformance : TestAppConformance
{
    private readonly TempFolder _folder = new();

    private protected override async Task<TestApp> AppAsync(TimeProvider clock)
    {
        var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            clock,
            services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString()).AddInterceptors(new CommandLog())));
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync();
        return app;
    }

    protected override Task<Func<Task>?> StallAsync() => _folder.LockAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
