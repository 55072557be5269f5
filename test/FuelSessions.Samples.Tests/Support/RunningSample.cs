using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests.Support;

/// <summary>One sample for all tests of a class.</summary>
public abstract class RunningSample(string sample, params string[] settings) : IAsyncLifetime
{
    private SampleProcess? _process;

    public Uri Address => _process!.Address;

    public TestBrowser NewBrowser() => _process!.NewBrowser();

    public async Task InitializeAsync() => _process = await SampleProcess.StartAsync(sample, settings);

    public Task DisposeAsync() => _process is null ? Task.CompletedTask : _process.DisposeAsync().AsTask();
}
