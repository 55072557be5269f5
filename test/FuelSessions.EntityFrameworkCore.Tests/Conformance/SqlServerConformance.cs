using FuelSessions.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

/// <summary>On the server that FUELSESSIONS_SQLSERVER leads to; the project file leaves it out where that is not set.</summary>
public sealed class SqlServerConformance : TestAppConformance
{
    private protected override Task<TestApp> AppAsync(TimeProvider clock)
    {
        string server = Environment.GetEnvironmentVariable("FUELSESSIONS_SQLSERVER")
            ?? throw new InvalidOperationException("These tests were built for a SQL Server. Set FUELSESSIONS_SQLSERVER to its connection string.");
        return new TestApp(builder => builder.AddDbDriver(options => options.UseSqlServer(server)), clock).CreatedAsync();
    }
}
