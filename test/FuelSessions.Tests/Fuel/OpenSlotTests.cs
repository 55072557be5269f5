using System.Collections;
using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FuelSessions.Tests.Fuel;

/// <summary>What is declared as <c>object</c> inside a value comes back as what it was, its type included; or it was refused.</summary>
public class OpenSlotTests
{
    private static readonly object?[] Natural =
    [
        null, "x", "", true, false, 0, -5, int.MaxValue, int.MinValue, 0L, 5L, -5L, (long)int.MaxValue, int.MaxValue + 1L, long.MinValue, 5.0, -0.0, 0.1, 1e300, double.Epsilon, double.MaxValue,
        5m, 1.10m, decimal.MaxValue, -0.0000000000000000000000000001m, 1.5f, float.Epsilon, float.MaxValue, -1e-20f, 1e7f, -0f, 0ul, ulong.MaxValue, 7u, uint.MaxValue, (short)-3, (ushort)3, (byte)255, (sbyte)-128,
        "the0", "5e0", "5e0,", "[5e0]", new List<object?> { 1, 2L, 3.0, null, new List<object?>() }, new Dictionary<string, object?> { ["a"] = 1L, ["5e0"] = new Dictionary<string, object?> { ["b"] = 2.0 } },
    ];

    [Theory, EveryDriver]
    public async Task WhatJsonTellsComesBackWithItsType(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s
            .Set("members", Natural.Select(static value => new Box { Value = value }).ToList())
            .Set("list", Natural.ToList())
            .Set("array", Natural)
            .Set("untyped", new ArrayList(Natural))
            .Set("map", Natural.Select(static (value, i) => (value, i)).ToDictionary(static entry => $"k{entry.i}", static entry => entry.value))
            .Set("table", new Hashtable { ["a"] = 5, ["b"] = 5L })
            .Set("keys", new Dictionary<object, int> { ["a"] = 1 })
            .Set("more", new More { Others = { ["a"] = 5, ["b"] = 5.0 } })
            .Set("nested", new Dictionary<string, List<Box>> { ["x"] = [new Box { Value = 5L }] }));
        await site.Visit(s =>
        {
            Same(Natural, s.Get<List<Box>>("members")!.Select(static box => box.Value));
            Same(Natural, s.Get<List<object?>>("list")!);
            Same(Natural, s.Get<object?[]>("array")!);
            Same(Natural, s.Get<ArrayList>("untyped")!.Cast<object?>());
            Same(Natural, s.Get<Dictionary<string, object?>>("map")!.Values);
            Same([5, 5L], [s.Get<Hashtable>("table")!["a"], s.Get<Hashtable>("table")!["b"]]);
            Assert.Equal(1, s.Get<Dictionary<object, int>>("keys")!["a"]);
            Same([5, 5.0], s.Get<More>("more")!.Others.Values);
            Same([5L], [s.Get<Dictionary<string, List<Box>>>("nested")!["x"][0].Value]);
        });
    }

    [Fact]
    public async Task WhoeverReadsItAsNumbersFindsThem()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("user", new Dictionary<string, object?> { ["Id"] = 7L, ["Age"] = 36, ["Name"] = "the0", ["Extra"] = 8L, ["More"] = new List<object?> { 1L, 2L } })
            .Set("price", new Dictionary<string, object?> { ["net"] = 1.10m, ["tax"] = 0.19f }));
        await site.Visit(s =>
        {
            Assert.Equal(7L, s.Get<long>("user.Id"));
            Assert.Equal(7, s.Get<int>("user.Id"));
            Assert.Equal(36L, s.Get<long>("user.Age"));
            Assert.Equal([1, 2], s.Get<int[]>("user.More")!);
            Assert.Equal(new User(7, 36, "the0"), s.Get<User>("user"));
            Assert.Equal(7, s.Get<Open>("user")!.Id);
            Assert.Equal(7, s.Get<JsonElement>("user").GetProperty("Id").GetInt32());
            Assert.Equal(7, s.Get<JsonNode>("user")!["Id"]!.GetValue<int>());
            var map = Assert.IsType<Dictionary<string, object?>>(s.Get<object>("user"));
            Same([7L, 36L, "the0", 8L], map.Values.Take(4));
            s.Set("copy", map).Set("again", s.Get<Dictionary<string, object?>>("user"));
            Assert.Equal(8, s.Increment("user.Id"));
            Assert.Equal("1.10", s.Get<decimal>("price.net").ToString(System.Globalization.CultureInfo.InvariantCulture));
            s.Set("price.currency", "EUR").Set("price.count", 3);
        });
        await site.Visit(s =>
        {
            Same([7L, 36L, "the0", 8L], s.Get<Dictionary<string, object?>>("copy")!.Values.Take(4));
            Same([7L, 36, "the0", 8L], s.Get<Dictionary<string, object?>>("again")!.Values.Take(4));
            Assert.Equal(8, s.Get<int>("user.Id"));
            Same([1.10m, 0.19f, "EUR", 3], s.Get<Dictionary<string, object?>>("price")!.Values);
        });
    }

    [Fact]
    public async Task ByAnInterfaceComesBackWhatItShows()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s
            .Set("v", new Shown(new ArrayList { 1, 2L }, new Hashtable { ["a"] = 5.0 }, new HashSet<int> { 1 }, new List<object> { 1, "x" }.AsReadOnly(), new Dictionary<string, object> { ["a"] = 1L }, new Stack<int>([1, 2])))
            .Set<IReadOnlyList<int>>("top", new List<int> { 1 }.AsReadOnly()));
        await site.Visit(s =>
        {
            Shown shown = s.Get<Shown>("v")!;
            Same([1, 2L], shown.List.Cast<object>());
            Same([5.0], [shown.Map["a"]]);
            Assert.Equal([1], shown.Numbers);
            Same([1, "x"], shown.Mixed);
            Same([1L], shown.Named.Values);
            Assert.Equal([2, 1], shown.Steps);
            Assert.Equal([1], s.Get<IReadOnlyList<int>>("top")!);
        });
    }

    [Fact]
    public async Task AConverterOfTheAppWins()
    {
        await using Site site = await Site.StartAsync("memory", o =>
        {
            o.SerializerOptions.Converters.Add(new Anything());
            o.SerializerOptions.Converters.Add(new Upper());
        });
        await site.Visit(s => s.Set("v", new Box { Value = 1.5m }).Set("text", "a"));
        Assert.Equal("1.5", (await site.Visit(s => s.Get<Box>("v")!)).Value);
        Assert.Equal("A", await site.Visit(s => s.Get<string>("text")));
    }

    public static TheoryData<string, object> Lost() => new()
    {
        { "Shown.List[]", new Shown(List: new ArrayList { 'x' }) },
        { "Shown.Map[]", new Shown(Map: new Hashtable { ["a"] = 'x' }) },
        { "comparer", new Shown(Map: new Hashtable(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }) },
        { "Shown.Mixed[]", new Shown(Mixed: ['x']) },
        { "Shown.Named[]", new Shown(Named: new Dictionary<string, object> { ["a"] = 'x' }) },
        { "Shown.Sequence[]", new Shown(Sequence: new Dictionary<string, int> { ["a"] = 1 }) },
        { "Extra", new Shown(Numbers: new Counted { 1 }) },
        { "Shown.Pets[]", new Shown(Pets: new List<Cat> { new("Tom", 9) }) },
        { "Shown.Array[]", new Shown(Array: [new Cat("Tom", 9)]) },
        { "Shown.Array[]", new Shown(Array: new Cat[] { new("Tom", 9) }) },
        { "Value", new Compared(5) },
        { "Box.Value", new Box { Value = new User(1, 2, "x") } },
        { "Box.Value", new Box { Value = new { A = 1 } } },
        { "Box.Value", new Box { Value = double.NaN } },
        { "Box.Value", new Box { Value = float.PositiveInfinity } },
        { "Box.Value", new Box { Value = (System.Numerics.BigInteger)5 } },
        { "Box.Value", new Box { Value = (Half)5 } },
        { "Box.Value", new Box { Value = 'x' } },
        { "Box.Value", new Box { Value = Guid.Empty } },
        { "Box.Value", new Box { Value = new DateTime(2024, 1, 1) } },
        { "Box.Value", new Box { Value = DayOfWeek.Friday } },
        { "Box.Value", new Box { Value = new[] { 1 } } },
        { "Box.Value", new Box { Value = new List<int>() } },
        { "Box.Value", new Box { Value = new Dictionary<string, int>() } },
        { "Box.Value", new Box { Value = new object[] { 1 } } },
        { "Box.Value", new Box { Value = new ExpandoObject() } },
        { "Box.Value", new Box { Value = JsonDocument.Parse("5").RootElement } },
        { "Box.Value", new Box { Value = JsonNode.Parse("5") } },
        { "Box.Value[]", new Box { Value = new List<object?> { 'x' } } },
        { "[][][]", new List<object?> { new Dictionary<string, object?> { ["a"] = new List<object?> { 'x' } } } },
        { "[]", new List<object?> { new User(1, 2, "x") } },
        { "[]", new ArrayList { 'x' } },
        { "[]", new Hashtable { ["a"] = 'x' } },
        { "key", new Hashtable { [1] = 2 } },
        { "key", new Dictionary<object, int> { [1] = 2 } },
        { "comparer", new Hashtable(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 } },
        { "comparer", new SortedList(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 } },
        { "comparer", new List<object?> { new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) } },
        { "More.Others[]", new More { Others = { ["a"] = 'x' } } },
        { "reverse", new Stack(new[] { 1, 2 }) },
        { "reverse", new Undo([1, 2]) },
        { "surrogate", new List<object?> { "\uD83D" } },
        { "surrogate", new Dictionary<string, object?> { ["\uD83D"] = 1 } },
        { "surrogate", new JsonObject { ["a"] = new JsonArray("\uD83D") } },
        { "surrogate", new JsonObject { ["\uD83D"] = 1 } },
        { "surrogate", new JsonArray('\uD83D') },
        { "surrogate", new Tree(new JsonArray("\uD83D")) },
        { "surrogate", JsonNode.Parse("""["\ud83d"]""")! },
        { "surrogate", JsonDocument.Parse("""["\ud83d"]""").RootElement },
        { "object", new object() },
        { "object", new List<object> { new() } },
    };

    [Theory, MemberData(nameof(Lost))]
    public async Task WhatWouldComeBackAsSomethingElseIsRefused(string names, object value)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            foreach (Action use in new Action[] { () => s.Set("v", value), () => s.SetFlash("v", value), () => s.Set([new("v", value)]) })
            {
                ArgumentException error = Assert.Throws<ArgumentException>(use);
                Assert.Contains("'v'", error.Message, StringComparison.Ordinal);
                Assert.Contains(value.GetType().ToString(), error.Message, StringComparison.Ordinal);
                Assert.Contains(names, error.ToString(), StringComparison.Ordinal);
            }

            Assert.Empty(s.All());
        });
    }

    [Fact]
    public async Task AStackBehindAnotherInterfaceIsRefused()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => s.Set<IEnumerable<int>>("v", new Stack<int>([1, 2])));
            Assert.Contains("reverse", error.Message, StringComparison.Ordinal);
            s.Set<System.Collections.Immutable.IImmutableStack<int>>("w", System.Collections.Immutable.ImmutableStack.Create(1, 2));
        });
        Assert.Equal(new[] { 2, 1 }, (await site.Visit(s => s.Get<System.Collections.Immutable.IImmutableStack<int>>("w")!)).ToArray());
    }

    [Fact]
    public async Task AnAnonymousTypeIsSetUnderItsOwnTypeOnly()
    {
        await using Site site = await Site.StartAsync("memory");
        var value = new { Name = "Ada" };
        await site.Visit(s =>
        {
            s.Set("own", value);
            Assert.Contains("'object'", Assert.Throws<ArgumentException>(() => s.Set("boxed", (object)value)).Message, StringComparison.Ordinal);
        });
        Assert.Equal(value, await site.Visit(s => As(s, value)));

        static T? As<T>(Session session, T like) => session.Get<T>("own");
    }

    [Fact]
    public async Task WhoKnowsBetterStoresAnythingThere()
    {
        await using Site all = await Site.StartAsync("memory", o => o.UncheckedTypes.Add(typeof(object)));
        await all.Visit(s => s.Set("v", new Box { Value = 'x' }));
        Assert.Equal("x", (await all.Visit(s => s.Get<Box>("v")!)).Value);
        await using Site one = await Site.StartAsync("memory", o => o.UncheckedTypes.Add(typeof(Guid)));
        await one.Visit(s =>
        {
            s.Set("v", new Box { Value = Guid.Empty });
            Assert.Throws<ArgumentException>(() => s.Set("w", new Box { Value = 'x' }));
        });
        Assert.Equal(Guid.Empty, await one.Visit(s => s.Get<Guid>("v.Value")));
    }

    private static void Same(IEnumerable<object?> expected, IEnumerable<object?> actual)
    {
        Assert.Equal(expected, actual);
        Assert.Equal(expected.Select(static value => value?.GetType()), actual.Select(static value => value?.GetType()));
        foreach ((object? want, object? got) in expected.Zip(actual))
        {
            if (want is IDictionary map)
            {
                Same(map.Values.Cast<object?>(), ((IDictionary)got!).Values.Cast<object?>());
            }
            else if (want is decimal exact)
            {
                Assert.Equal(decimal.GetBits(exact), decimal.GetBits((decimal)got!));
            }
            else if (want is double number)
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits((double)got!));
            }
            else if (want is IList list)
            {
                Same(list.Cast<object?>(), ((IList)got!).Cast<object?>());
            }
        }
    }

    public sealed class Box
    {
        public object? Value { get; set; }
    }

    public sealed class More
    {
        public int Known { get; set; }

        [JsonExtensionData]
        public Dictionary<string, object?> Others { get; set; } = [];
    }

    public sealed record Shown(
        IList List = null!, IDictionary Map = null!, ICollection<int> Numbers = null!, IReadOnlyCollection<object> Mixed = null!, IReadOnlyDictionary<string, object> Named = null!,
        IEnumerable<int> Steps = null!, IEnumerable Sequence = null!, IEnumerable<Pet> Pets = null!, Pet[] Array = null!);

    public record Pet(string Name);

    public sealed record Cat(string Name, int Lives) : Pet(Name);

    public sealed record Compared(IComparable Value);

    public sealed class Counted : List<int>
    {
        public int Extra { get; set; }
    }

    public sealed class Anything : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
    }

    public sealed class Upper : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToUpperInvariant());
    }

    public sealed record User(long Id, int Age, string Name);

    public sealed class Open
    {
        public long Id { get; set; }

        public object? Extra { get; set; }
    }

    public sealed record Tree(JsonNode Root);

    public sealed class Undo(IEnumerable<int> steps) : Stack<int>(steps)
    {
        public Undo()
            : this([])
        {
        }
    }
}
