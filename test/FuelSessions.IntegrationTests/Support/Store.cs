using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>
/// Where the sessions of a test are: a driver with a store of its own, that several apps may share one after another or at
/// the same time, as the nodes of a farm do. They share the Data Protection keys too.
/// </summary>
internal abstract class Store(string driver, string cookieName) : IAsyncDisposable
{
    private readonly EphemeralDataProtectionProvider _keys = new();

    /// <summary>What <c>Forge</c> calls the driver.</summary>
    internal string Driver { get; } = driver;

    internal string CookieName { get; } = cookieName;

    /// <summary>Whether records are kept at the server. Only the cookie driver keeps none.</summary>
    internal bool IsServerSide => Driver != "cookie";

    internal virtual void Configure(FuelSessionsOptions options) => options.Driver = Driver;

    /// <summary>Registers the real driver.</summary>
    internal virtual void AddDriver(FuelSessionsBuilder builder)
    {
    }

    /// <summary>What an app must do before its first session.</summary>
    internal virtual Task PrepareAsync(IServiceProvider services) => Task.CompletedTask;

    /// <summary>Makes the store unreachable, for real.</summary>
    internal virtual Task BreakAsync() => throw new NotSupportedException();

    internal virtual Task RepairAsync() => throw new NotSupportedException();

    /// <summary>
    /// Makes it answer what is read and refuse what is written, for real, and so on until it is told otherwise. Only nodes that start after
    /// it meet that on every store.
    /// </summary>
    internal virtual Task RefuseWritesAsync(bool refuse) => throw new NotSupportedException();

    /// <summary>What is stored under a key, as bytes.</summary>
    internal virtual Task<byte[]> BytesAsync(SessionKey key) => throw new NotSupportedException();

    /// <summary>Damages what is stored under a key.</summary>
    internal virtual Task OverwriteAsync(SessionKey key, byte[] bytes) => throw new NotSupportedException();

    /// <summary>Registers the driver and puts a probe around it.</summary>
    internal void AddProbed(FuelSessionsBuilder builder, Action<ProbedDriver> made)
    {
        AddDriver(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(_keys));
        if (!IsServerSide)
        {
            return;
        }

        builder.DecorateDriver(Driver, (real, _) =>
        {
            var probe = new ProbedDriver(real);
            made(probe);
            return probe;
        });
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
