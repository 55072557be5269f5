using System.Text;
using BenchmarkDotNet.Attributes;
using FuelSessions.Engine;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>What a request has changed: applied to what it read, and again to what another request has stored meanwhile.</summary>
public class ChangeBenchmarks
{
    private Change[] _changes = null!;
    private ReadOnlyMemory<byte> _stored;

    [Params(1, 10, 100)]
    public int Variables { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _stored = SampleRecord.Variables(Variables, length: 32);
        _changes =
        [
            new IncrementVariable(VariablePath.Parse("counter"), 1),
            new SetVariable(VariablePath.Parse("cart.items.7"), Encoding.UTF8.GetBytes("3")),
            new RemoveVariable(VariablePath.Parse("v3")),
        ];
    }

    [Benchmark]
    public void Apply() => Apply(_changes, lenient: false);

    /// <summary>Decodes the record that won, applies the changes to it, and encodes it.</summary>
    [Benchmark]
    public ReadOnlyMemory<byte> Merge() => Apply(_changes, lenient: true).Encode(stamp: 13);

    private VariableMap Apply(Change[] changes, bool lenient)
    {
        var data = new VariableMap(_stored);
        foreach (Change change in changes)
        {
            change.Apply(data, lenient);
        }

        return data;
    }
}
