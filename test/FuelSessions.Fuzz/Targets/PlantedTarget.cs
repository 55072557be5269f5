using FuelSessions.Fuzz.Planted;
using FuelSessions.Fuzz.Running;

namespace FuelSessions.Fuzz.Targets;

/// <summary>What proves that mistakes are found: it has one.</summary>
internal sealed class PlantedTarget(Plant plant) : FuzzTarget
{
    private readonly Decoder _decoder = new(plant);
    private readonly Decoder _right = new(Plant.Nothing);

    internal override string Name => "planted-" + plant.ToString().ToLowerInvariant();

    internal override int BytesPerByte => 64;

    // Deep enough to overflow a stack.
    internal override int Longest => 1 << 18;

    // No word of the format: the way to it is what coverage finds.
    internal override IEnumerable<byte[]> Seeds => ["F"u8.ToArray()];

    internal override void Mend(InputBuffer input)
    {
        if (input.Length > 5 && plant != Plant.Forgery)
        {
            ushort sum = Decoder.Checksum(input.Span[..^2]);
            (input.Span[^2], input.Span[^1]) = ((byte)sum, (byte)(sum >> 8));
        }
    }

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        Meter.Start();
        List<int>? sizes = _decoder.Decode(input.Span);
        Meter.Stop();
        List<int>? right = plant is Plant.Forgery or Plant.Value ? _right.Decode(input.Span) : sizes;
        Promise.That((sizes is null) == (right is null), "what is forged is taken");
        Promise.That(sizes is null || sizes.SequenceEqual(right!), "a value is read as another one");
        return sizes is null ? 0 : Math.Min(sizes.Count, 4);
    }
}
