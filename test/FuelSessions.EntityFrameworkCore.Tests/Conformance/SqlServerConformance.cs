using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

/// <summary>On the server that FUELSESSIONS_SQLSERVER leads to; the project file leaves it out where that is not set.</summary>
public sealed class SqlServerConformance : CollectingDriverConformance
{
    private TestApp? _app;

    protected override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        string server = Environment.GetEnvironmentVariable("FUELSESSIONS_SQLSERVER")
            ?? throw new InvalidOperationException("These tests were built for a SQL Server. Set FUELSESSIONS_SQLSERVER to its connection string.");
        _app = await new TestApp(builder => builder.AddDbDriver(options => options.UseSqlServer(server)), clock).CreatedAsync();
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
