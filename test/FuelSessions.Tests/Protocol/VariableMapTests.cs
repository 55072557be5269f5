using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Protocol;

/// <summary>
/// A few changes are kept beside the encoded bytes, many or others take them apart: whichever way it is, the same comes out.
/// </summary>
public class VariableMapTests
{
    private static readonly string[] Names = ["a", "b", "cart", "d", "e", "f", new('n', 200)];

    [Fact]
    public void Patching_and_taking_apart_give_the_same()
    {
        var random = new Random(4711);
        for (int round = 0; round < 3_000; round++)
        {
            var patched = new VariableMap();
            var apart = new VariableMap();
            for (int request = 0; request < 4; request++)
            {
                for (int steps = random.Next(8); steps > 0; steps--)
                {
                    Action<VariableMap> step = Step(random);
                    step(patched);
                    _ = apart.Names;
                    step(apart);
                    Assert.Equal(apart.IsEmpty, patched.IsEmpty);
                    Assert.All(Names, name => Assert.Equal(Value(apart, name), Value(patched, name)));
                }

                _ = apart.Names;
                byte[] encoded = [.. patched.Encode(stamp: request + 1).Span];
                Assert.Equal([.. apart.Encode(stamp: request + 1).Span], encoded);
                patched = new VariableMap(encoded);
                apart = new VariableMap(encoded);
            }
        }
    }

    [Fact]
    public void One_changed_variable_leaves_the_bytes_of_the_others()
    {
        var map = new VariableMap();
        foreach (string name in Names)
        {
            map.Set(VariablePath.Parse(name), new byte[] { (byte)'1' });
        }

        ReadOnlyMemory<byte> before = map.Encode(stamp: 1);
        var changed = new VariableMap(before);
        changed.Set(VariablePath.Parse("b"), "2"u8.ToArray());
        ReadOnlyMemory<byte> after = changed.Encode(stamp: 2);

        Assert.Equal(before.Length, after.Length);
        Assert.Equal(2, before.ToArray().Zip(after.ToArray()).Count(pair => pair.First != pair.Second));
    }

    /// <summary>Told when it is asked for, and not when the request has ended; and what can't be written out again is not replaced.</summary>
    [Theory]
    [InlineData("{\"a\":\"\\ud800\",\"b\":1}")]
    [InlineData("{\"a\":[{\"x\":\"\\udc00\\ud800\"}],\"b\":1}")]
    [InlineData("{\"b\":1,\"b\":2,\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":\"\u00FF\",\"b\":1}")]
    public void A_change_beside_text_that_is_no_unicode_is_refused_at_once(string json)
    {
        var written = new VariableMap();
        written.Set(VariablePath.Parse("v"), System.Text.Encoding.Latin1.GetBytes(json));
        ReadOnlyMemory<byte> stored = written.Encode(stamp: 1);
        var map = new VariableMap(stored);

        Assert.Throws<SessionRecordFormatException>(() => map.Set(VariablePath.Parse("v.b"), "2"u8.ToArray()));
        Assert.Throws<SessionRecordFormatException>(() => map.Remove(VariablePath.Parse("v.b")));
        Assert.Equal([.. stored.Span], [.. map.Encode(stamp: 2).Span]);
        Assert.Equal("1", Value(map, "v.b"));
    }

    private static Action<VariableMap> Step(Random random)
    {
        string name = Names[random.Next(Names.Length)];
        byte[] json = [.. System.Text.Encoding.UTF8.GetBytes(random.Next(1_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture))];
        switch (random.Next(12))
        {
            case 0:
                return map => map.Remove(VariablePath.Parse(name));
            case 1:
                return map => map.Clear();
            case 2:
                return map => map.Remove(VariablePath.Parse(name + ".x"));
            case 3 or 4:
                return map => map.Set(VariablePath.Parse(name + ".x"), json, lenient: true);
            case 5:
                return map => map.Set(VariablePath.Parse(name + ".y.z"), json, lenient: true);
            default:
                return map => map.Set(VariablePath.Parse(name), json);
        }
    }

    private static string? Value(VariableMap map, string name) =>
        map.TryGet(VariablePath.Parse(name), out ReadOnlyMemory<byte> json) ? System.Text.Encoding.UTF8.GetString(json.Span) : null;
}
