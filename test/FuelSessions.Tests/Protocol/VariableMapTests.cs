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

    /// <summary>No variable was ever written without a value: one that has none was damaged in the store. It can be replaced, and is not taken for something else.</summary>
    [Fact]
    public void A_variable_without_a_value_is_damaged_and_stays_so_until_it_is_set()
    {
        var written = new VariableMap();
        written.Set(VariablePath.Parse("v"), default);
        written.Set(VariablePath.Parse("w"), "1"u8.ToArray());
        ReadOnlyMemory<byte> stored = written.Encode(stamp: 1);
        foreach (bool apart in (bool[])[false, true])
        {
            var map = new VariableMap(stored);
            if (apart)
            {
                _ = map.Names;
            }

            Assert.True(map.TryGet(VariablePath.Parse("v"), out ReadOnlyMemory<byte> json) && json.IsEmpty);
            Assert.Throws<SessionRecordFormatException>(() => map.TryGet(VariablePath.Parse("v.x"), out _));
            Assert.Throws<SessionRecordFormatException>(() => map.Set(VariablePath.Parse("v.x"), "2"u8.ToArray()));
            Assert.Throws<SessionRecordFormatException>(() => map.Remove(VariablePath.Parse("v.x")));
            Assert.Throws<SessionRecordFormatException>(() => map.TryGetInTree(VariablePath.Parse("v.x"), out _));
            map.Set(VariablePath.Parse("w"), "2"u8.ToArray());
            Assert.True(map.TryGet(VariablePath.Parse("v"), out json) && json.IsEmpty);
            Assert.Equal(stored.Length, map.Encode(stamp: 2).Length);
            map.Set(VariablePath.Parse("v"), "null"u8.ToArray());
            map.Set(VariablePath.Parse("v.x"), "3"u8.ToArray());
            Assert.Equal("{\"x\":3}", Value(map, "v"));
        }
    }

    [Fact]
    public void A_tree_is_written_out_after_each_change_in_it_and_not_before()
    {
        var map = new VariableMap();
        map.Set(VariablePath.Parse("v"), "null"u8.ToArray());
        Assert.True(map.TryGetInTree(VariablePath.Parse("v"), out ReadOnlyMemory<byte> json) && json.Span.SequenceEqual("null"u8));
        Assert.False(map.TryGetInTree(VariablePath.Parse("v.a"), out _));
        map.Remove(VariablePath.Parse("v.a"));
        Assert.Equal("null", Value(map, "v"));
        map.Set(VariablePath.Parse("v.a"), "null"u8.ToArray());
        Assert.Equal("{\"a\":null}", Value(map, "v"));
        Assert.Equal("null", Value(map, "v.a"));
        map.Set(VariablePath.Parse("v.b.0"), "[1]"u8.ToArray());
        Assert.True(map.TryGetInTree(VariablePath.Parse("v"), out json) && json.Span.SequenceEqual("{\"a\":null,\"b\":{\"0\":[1]}}"u8));
        map.Remove(VariablePath.Parse("v.a"));
        map.Remove(VariablePath.Parse("v.b"));
        map.Remove(VariablePath.Parse("v.b"));
        Assert.Equal("{}", Value(map, "v"));
        map.Set(VariablePath.Parse("v"), "7"u8.ToArray());
        Assert.Equal("7", Value(new VariableMap(map.Encode(stamp: 1)), "v"));
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
