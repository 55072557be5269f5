using BenchmarkDotNet.Attributes;
using FuelSessions.Engine;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>The variables of a session, from the bytes of a record and back to them. The one in question is the last one.</summary>
public class PayloadBenchmarks
{
    private static readonly VariablePath Counter = VariablePath.Parse("counter");

    private readonly byte[] _value = "42"u8.ToArray();
    private ReadOnlyMemory<byte> _encoded;

    [Params(1, 10, 100)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup() => _encoded = SampleRecord.Variables(Count, length: 32);

    [Benchmark]
    public bool GetOne() => new VariableMap(_encoded).TryGet(Counter, out _);

    [Benchmark]
    public ReadOnlyMemory<byte> SetOneAndEncode()
    {
        var map = new VariableMap(_encoded);
        map.Set(Counter, _value);
        return map.Encode(stamp: 2);
    }
}
