using BenchmarkDotNet.Attributes;
using FuelSessions.Benchmarks.Server;
using FuelSessions.Benchmarks.Server.Variants;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>A whole request on Kestrel with the memory driver, of some session of many. On a machine that is not quiet the lowest figures are those to compare.</summary>
[MinColumn]
public class ServerBenchmarks
{
    private const int Sessions = 64;

    private readonly Random _random = new(1);
    private InMemoryServer _none = null!;
    private InMemoryServer _ours = null!;
    private byte[][] _reads = [];
    private byte[][] _counts = [];
    private byte[][] _unused = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _none = await InMemoryServer.StartAsync(new NoSession());
        _ours = await InMemoryServer.StartAsync(new OurSession(new ServerSettings("ours", "memory", Connection: null, Keys: "")));
        var cookies = new string[Sessions];
        for (int i = 0; i < Sessions; i++)
        {
            cookies[i] = await _ours.BeginAsync();
        }

        _reads = Array.ConvertAll(cookies, cookie => InMemoryServer.Request("/read", cookie));
        _counts = Array.ConvertAll(cookies, cookie => InMemoryServer.Request("/count", cookie));
        _unused = Array.ConvertAll(cookies, cookie => InMemoryServer.Request("/unused", cookie));
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _none.DisposeAsync();
        await _ours.DisposeAsync();
    }

    /// <summary>What the server and the endpoint take without a session, be it sent the same cookies.</summary>
    [Benchmark(Baseline = true)]
    public ValueTask<long> None() => _none.AskAsync(_reads[_random.Next(Sessions)]);

    [Benchmark]
    public ValueTask<long> NotUsed() => _ours.AskAsync(_unused[_random.Next(Sessions)]);

    [Benchmark]
    public ValueTask<long> Read() => _ours.AskAsync(_reads[_random.Next(Sessions)]);

    [Benchmark]
    public ValueTask<long> Count() => _ours.AskAsync(_counts[_random.Next(Sessions)]);
}
