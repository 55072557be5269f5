using System.Collections.Concurrent;

namespace FuelSessions.Demo.Tests.Support;

/// <summary>A demo for each driver, started when a test first asks for it and shared by those that need no settings of their own.</summary>
public sealed class Demos : IAsyncLifetime
{
    private readonly DataFolder _data = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<DemoProcess>>> _running = new();

    internal Task<DemoProcess> OnAsync(string driver) => _running.GetOrAdd(driver, name => new Lazy<Task<DemoProcess>>(
        () => DemoProcess.StartAsync(Path.Combine(_data.Path, name), "Development", $"FuelSessions:Driver={name}"))).Value;

    internal async Task<DemoClient> ClientOfAsync(string driver) => (await OnAsync(driver)).NewClient();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (Lazy<Task<DemoProcess>> demo in _running.Values)
        {
            await (await demo.Value).DisposeAsync();
        }

        _data.Dispose();
    }
}
