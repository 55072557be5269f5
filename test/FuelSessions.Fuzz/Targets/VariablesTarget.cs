using System.Text;
using System.Text.Json;
using FuelSessions.Engine;
using FuelSessions.Fuzz.Running;
using FuelSessions.Records;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// A session's variables. An input: what is stored (how long it is in two bytes, and the bytes: 0 begins an empty session), then what is done to
/// it. Done to a map that changes its bytes in place and to one that was taken apart, it comes to the same.
/// </summary>
internal sealed class VariablesTarget : FuzzTarget
{
    private const int MostDeeds = 12;
    private const int MostDepth = 256;

    private static readonly string[] Parts = ["a", "b", "0", "1", "7", "x.y", "", "\u00e9", "\U0001F600", "a b", "00", "4294967296", new string('n', 300)];

    private static readonly string[] Values =
        ["1", "null", "\"text\"", "[]", "{}", "[1,2,3]", "{\"a\":1,\"b\":[{\"0\":true}]}", "-9223372036854775808", "1.5e300", "\"\\u00e9\"", $"[{string.Join(',', Enumerable.Range(0, 60))}]", new string('[', 200) + new string(']', 200)];

    internal override string Name => "variables";

    // Of a list of digits each becomes a node of a tree.
    internal override int BytesPerByte => 512;

    internal override IEnumerable<string> Words =>
        [.. Values.Where(static value => value.Length < 100), "\"a\":", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "{\"\\ud800\":1}", ",", "\u0001\u0001\u0001a\u00011"];

    internal override IEnumerable<byte[]> Seeds
    {
        get
        {
            byte[] sample = Sample.ToArray();
            byte[] head = [(byte)sample.Length, (byte)(sample.Length >> 8), .. sample];
            yield return head;
            for (byte deed = 0; deed < 8; deed++)
            {
                yield return [.. head, deed, 1, 0, 2, deed, 2, 0, 1, 6, 7, 1, 1, 5];
                yield return [0, 0, deed, 1, 0, 3, 0, 1, 0, 5, deed, 2, 0, 2, 5];
            }
        }
    }

    /// <summary>Three variables as they are stored.</summary>
    internal static ReadOnlyMemory<byte> Sample { get; } = MakeSample();

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        var recipe = new Recipe(input.Span);
        byte[] stored = recipe.Block(recipe.Short()).ToArray();
        var inPlace = new VariableMap(stored);
        var apart = new VariableMap(stored);
        int outcome = stored.Length == 0 ? 0 : 1;
        bool isSound = Try(() => apart.Names.Count) is not SessionRecordFormatException;
        long steps = Steps.Taken;
        long size = input.Length;
        for (int left = MostDeeds; left > 0 && !recipe.IsOver; left--)
        {
            int deed = recipe.Below(8);
            VariablePath path = PathOf(ref recipe);
            byte[] value = deed is 0 or 4 or 5 ? ValueOf(ref recipe) : [];
            Exception? error = Try(() => Do(inPlace, deed, path, value));
            outcome = Outcome.Of(outcome, error?.GetType());
            long now = Try(() => inPlace.Encode(1).Length) is null ? inPlace.Encode(1).Length : stored.Length;
            size += now + value.Length;
            Meter.Give(now + value.Length);
            if (isSound)
            {
                Exception? other = Try(() => Do(apart, deed, path, value));
                Promise.That(error?.GetType() == other?.GetType(), $"what is refused depends on how the map is kept: {error?.Message ?? "nothing"}, {other?.Message ?? "nothing"}");
                Agree(inPlace, apart, path);
            }
        }

        Promise.That(Steps.Taken - steps <= 2_000 + (200 * size), $"{Steps.Taken - steps} steps for {size} bytes");
        if (isSound && Try(() => Same(inPlace, apart)) is { } unsound)
        {
            throw new BrokenPromiseException($"a map of sound variables can't be read: {unsound}");
        }

        return outcome;
    }

    private void Do(VariableMap map, int deed, VariablePath path, byte[] value)
    {
        Meter.Start();
        try
        {
            switch (deed)
            {
                case 0 or 4 or 5:
                    map.Set(path, value, lenient: deed == 4);
                    break;
                case 1:
                    map.Remove(path);
                    break;
                case 2:
                    new IncrementVariable(path, 1).Apply(map, lenient: false);
                    break;
                case 3:
                    map.Restamp(path.Name);
                    break;
                case 6 when path.Name == "b":
                    map.Clear();
                    break;
                default:
                    map.TryGet(path, out _);
                    map.TryGetWhole(path.Name, out _);
                    break;
            }
        }
        finally
        {
            Meter.Stop();
        }
    }

    // Without an exception, one that is documented, or not at all.
    private static Exception? Try(Func<int> deed)
    {
        try
        {
            deed();
            return null;
        }
        catch (Exception error) when (error is SessionRecordFormatException or SessionValueException or ArgumentOutOfRangeException or OverflowException)
        {
            return error;
        }
    }

    private static Exception? Try(Action deed) => Try(() =>
    {
        deed();
        return 0;
    });

    private static void Agree(VariableMap inPlace, VariableMap apart, VariablePath path)
    {
        ReadOnlyMemory<byte> one = default, other = default;
        bool isThere = false, isThereToo = false;
        Exception? error = Try(() => isThere = inPlace.TryGet(path, out one));
        Exception? otherError = Try(() => isThereToo = apart.TryGetInTree(path, out other));
        Promise.That(isThere == isThereToo || error is not null || otherError is not null, "a variable is found in one way only");
        Promise.That(!isThere || !isThereToo || IsSame(one, other), "a variable is another one in another way");
    }

    private static int Same(VariableMap inPlace, VariableMap apart)
    {
        ReadOnlyMemory<byte> encoded = inPlace.Encode(7).ToArray();
        Dictionary<string, string> variables = All(new VariableMap(encoded));
        Promise.That(variables.Count == All(apart).Count && All(apart).All(variable => variables.TryGetValue(variable.Key, out string? value) && value == variable.Value), "the variables depend on how the map is kept");
        Promise.That(new VariableMap(apart.Encode(7)) is var again && All(again).SequenceEqual(All(apart)), "what is written is not what is read");
        return 0;
    }

    private static Dictionary<string, string> All(VariableMap map) =>
        map.Names.ToDictionary(static name => name, name => map.TryGetWhole(name, out ReadOnlyMemory<byte> json) || map.TryGet(VariablePath.Whole(name), out json) ? Encoding.UTF8.GetString(json.Span) : "nothing");

    private static bool IsSame(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        if (one.Span.SequenceEqual(other.Span))
        {
            return true;
        }

        var options = new JsonDocumentOptions { MaxDepth = JsonElementPath.MaxDepth };
        using JsonDocument first = JsonDocument.Parse(one, options);
        using JsonDocument second = JsonDocument.Parse(other, options);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    private static VariablePath PathOf(ref Recipe recipe)
    {
        List<string> parts = [Parts[recipe.Below(2)]];
        for (int left = recipe.Below(4); left > 0; left--)
        {
            parts.Add(Parts[recipe.Below(Parts.Length)]);
        }

        return VariablePath.Of([.. parts]);
    }

    // One of those above, or the next bytes if they are JSON, as an app's own JsonElement may be.
    private static byte[] ValueOf(ref Recipe recipe)
    {
        int choice = recipe.Byte();
        if (choice < 128)
        {
            return Encoding.UTF8.GetBytes(Values[choice % Values.Length]);
        }

        byte[] json = recipe.Block(choice - 127).ToArray();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostDepth });
            return json;
        }
        catch (JsonException)
        {
            return "0"u8.ToArray();
        }
    }

    private static ReadOnlyMemory<byte> MakeSample()
    {
        var map = new VariableMap();
        map.Set(VariablePath.Whole("a"), "{\"a\":[1,2,{\"x.y\":\"text\"}],\"0\":null}"u8.ToArray());
        map.Set(VariablePath.Whole("b"), "[1,[],{\"b\":-5}]"u8.ToArray());
        map.Set(VariablePath.Whole("\u00e9"), "1"u8.ToArray());
        return map.Encode(3);
    }
}
