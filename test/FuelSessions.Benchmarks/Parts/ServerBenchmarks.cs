using BenchmarkDotNet.Attributes;
using FuelSessions.Benchmarks.Server;
using FuelSessions.Benchmarks.Server.Variants;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>A whole request on Kestrel with the memory driver. On a machine that is not quiet the lowest figures are those to compare.</summary>
[MinColumn]
public class ServerBenchmarks
{
    private InMemoryServer _none = null!;
    private InMemoryServer _ours = null!;
    private byte[] _read = [];
    private byte[] _count = [];
    private byte[] _unused = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _none = await InMemoryServer.StartAsync(new NoSession());
        _ours = await InMemoryServer.StartAsync(new OurSession(new ServerSettings("ours", "memory", Connection: null, Keys: "")));
        string cookie = await _ours.BeginAsync();
        (_read, _count, _unused) = (InMemoryServer.Request("/read", cookie), InMemoryServer.Request("/count", cookie), InMemoryServer.Request("/unused", cookie));
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _none.DisposeAsync();
        await _ours.DisposeAsync();
    }

    /// <summary>What the server and the endpoint take without a session, be it sent the same cookie.</summary>
    [Benchmark(Baseline = true)]
    public ValueTask<long> None() => _none.AskAsync(_read);

    [Benchmark]
    public ValueTask<long> NotUsed() => _ours.AskAsync(_unused);

    [Benchmark]
    public ValueTask<long> Read() => _ours.AskAsync(_read);

    [Benchmark]
    public ValueTask<long> Count() => _ours.AskAsync(_count);
}
