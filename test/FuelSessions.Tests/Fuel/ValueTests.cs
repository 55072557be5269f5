using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FuelSessions.Tests.Fuel;

/// <summary>Typed values come back as what they were; what could not is refused when it is set.</summary>
public class ValueTests
{
    [Theory, EveryDriver]
    public async Task TypedValuesComeBackAsTheyWere(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        RoundTrip[] values =
        [
            new RoundTrip<string>("text"), new RoundTrip<char>('x'), new RoundTrip<bool>(true), new RoundTrip<byte>(255), new RoundTrip<sbyte>(-128),
            new RoundTrip<int>(int.MinValue), new RoundTrip<uint>(uint.MaxValue), new RoundTrip<long>(long.MaxValue), new RoundTrip<long>((1L << 53) + 1),
            new RoundTrip<ulong>(ulong.MaxValue), new RoundTrip<Int128>(Int128.MaxValue), new RoundTrip<float>(float.Epsilon), new RoundTrip<double>(0.1),
            new RoundTrip<double>(double.NaN), new RoundTrip<double>(double.NegativeInfinity), new RoundTrip<double>(-0.0), new RoundTrip<double>(double.MaxValue),
            new RoundTrip<decimal>(decimal.MaxValue), new RoundTrip<decimal>(1.000000000000000000000000001m), new RoundTrip<Guid>(Guid.NewGuid()),
            new RoundTrip<DateTimeOffset>(new(2024, 2, 29, 23, 59, 59, 999, 999, TimeSpan.FromHours(5.5))),
            new RoundTrip<DateTime>(new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc)), new RoundTrip<DateTime>(new(2024, 1, 1)),
            new RoundTrip<DateOnly>(new(2024, 2, 29)), new RoundTrip<TimeOnly>(new(23, 59, 59, 999)), new RoundTrip<TimeSpan>(TimeSpan.FromTicks(-1)),
            new RoundTrip<Uri>(new("https://example.org/ä?q=1#f")), new RoundTrip<Version>(new(1, 2, 3)), new RoundTrip<DayOfWeek>(DayOfWeek.Friday),
            new RoundTrip<Permission>(Permission.Read | Permission.Write), new RoundTrip<int?>(5), new RoundTrip<int?>(null),
            new RoundTrip<Person>(new("Ada", 36, new("London"))), new RoundTrip<Point>(new(1, 2)), new RoundTrip<(int Id, string Name)>((1, "x")),
            new RoundTrip<Tuple<int, string>>(new(1, "x")), new RoundTrip<KeyValuePair<string, int>>(new("k", 1)),
        ];
        await site.Visit(s =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i].Set(s, $"v{i}");
                values[i].Set(s, $"m.v{i}");
            }
        });
        await site.Visit(s =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i].Check(s, $"v{i}");
                values[i].Check(s, $"m.v{i}");
            }
        });
    }

    [Theory, EveryDriver]
    public async Task CollectionsComeBackAsTheyWere(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        var nested = new Dictionary<string, List<Dictionary<int, Person?>>> { ["a"] = [new() { [7] = new("Ada", 1, null), [8] = null }, []], ["b"] = [] };
        await site.Visit(s => s
            .Set("nested", nested)
            .Set("bytes", new byte[] { 0, 255, 1 })
            .Set("set", new HashSet<string> { "x", "y" })
            .Set("guids", new Dictionary<Guid, int> { [Guid.Empty] = 1 })
            .Set("lazy", Enumerable.Range(1, 3).Select(n => n * n))
            .Set("tuples", new List<(string, int?)> { ("a", 1), ("b", null) })
            .Set("json", JsonNode.Parse("""{"a":[1,2.50,null]}"""))
            .Set("element", JsonDocument.Parse("[true]").RootElement));
        await site.Visit(s =>
        {
            Assert.Equivalent(nested, s.Get<Dictionary<string, List<Dictionary<int, Person?>>>>("nested"), strict: true);
            Assert.Equal([0, 255, 1], s.Get<byte[]>("bytes")!);
            Assert.Equal(["x", "y"], s.Get<HashSet<string>>("set")!);
            Assert.Equal(1, s.Get<Dictionary<Guid, int>>("guids")![Guid.Empty]);
            Assert.Equal([1, 4, 9], s.Get<IReadOnlyList<int>>("lazy")!);
            Assert.Equal([("a", 1), ("b", null)], s.Get<List<(string, int?)>>("tuples")!);
            Assert.Equal("""{"a":[1,2.50,null]}""", s.Get<JsonNode>("json")!.ToJsonString());
            Assert.True(s.Get<JsonElement>("element")[0].GetBoolean());
        });
    }

    [Theory, EveryDriver]
    public async Task AsObjectAValueIsTextNumberTruthValueListOrMap(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("v", new { text = "x", whole = 1, part = 0.5, yes = true, none = (string?)null, list = new object[] { 1, "y" }, map = new { k = 1 } }));
        await site.Visit(s =>
        {
            var map = Assert.IsType<Dictionary<string, object?>>(s.Get<object>("v"));
            Assert.Equal(["x", 1L, 0.5, true, null], map.Values.Take(5));
            Assert.Equal([1L, "y"], Assert.IsType<List<object?>>(map["list"]));
            Assert.Equal(1L, Assert.IsType<Dictionary<string, object?>>(map["map"])["k"]);
        });
    }

    [Theory, EveryDriver]
    public async Task WhatOnlyTheRuntimeTypeHasIsStoredToo(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            Animal animal = new Dog("Rex", 3);
            object boxed = animal;
            s.Set("base", animal).Set("object", boxed).Set([new("objects.0", animal), new("objects.1", 1)]);
            s.Set<Shape>("shape", new Circle(2)).Set("shapes", new List<Shape> { new Circle(1), new Nothing() }).Set<Shape>("nothing", new Nothing());
            s.Set("signals", new List<ISignal> { new Stop(), new Go(30) });
        });
        await site.Visit(s =>
        {
            Assert.Equal(new Dog("Rex", 3), s.Get<Dog>("base"));
            Assert.Equal(new Dog("Rex", 3), s.Get<Dog>("object"));
            Assert.Equal(3, s.Get<int>("objects.0.Age"));
            Assert.Equal(new Circle(2), s.Get<Shape>("shape"));
            Assert.Equal([new Circle(1), new Nothing()], s.Get<List<Shape>>("shapes")!);
            Assert.IsType<Nothing>(s.Get<Shape>("nothing"));
            Assert.Equal([new Stop(), new Go(30)], s.Get<List<ISignal>>("signals")!);
        });
    }

    public static TheoryData<string, Func<object>> Unstorable() => new()
    {
        { "System.Action", () => new Action(() => { }) },
        { "System.Func`1[System.Int32]", () => new Func<int>(() => 1) },
        { "System.IntPtr", () => new IntPtr(1) },
        { "System.RuntimeType", () => typeof(string) },
        { "System.IO.MemoryStream", () => new MemoryStream() },
        { "System.Int32[,]", () => new int[1, 1] },
        { typeof(Node).ToString(), () => Node.Cyclic() },
        { typeof(Hidden).ToString(), () => new Hidden(1) },
        { typeof(Throwing).ToString(), () => new Throwing() },
        { "System.Threading.CancellationTokenSource", () => new CancellationTokenSource() },
        { typeof(List<object>).ToString(), () => new List<object> { 1, new Action(() => { }) } },
        { typeof(List<Hidden>).ToString(), () => new List<Hidden> { new(1) } },
        { typeof(Dictionary<string, object>).ToString(), () => new Dictionary<string, object> { ["a"] = 1, ["b"] = new Hidden(1) } },
        { typeof(Holder).ToString(), () => new Holder("x", new Hidden(1)) },
    };

    [Theory, MemberData(nameof(Unstorable))]
    public async Task AValueThatCannotBeStoredIsRefusedNamingPathAndType(string type, Func<object> make)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("a", 1).SetFlash("f", "old"));
        await site.Visit(s =>
        {
            Action[] uses = [() => s.Set("a", make()), () => s.Set("a.b", make()), () => s.Set("a", () => make()), () => s.SetFlash("f", make()), () => s.Update<object>("a", _ => make())];
            foreach (Action use in uses)
            {
                ArgumentException error = Assert.Throws<ArgumentException>(use);
                Assert.Matches("'(a|a.b|f)'", error.Message);
                Assert.NotNull(error.InnerException);
            }

            Assert.Contains($"'{type}'", Assert.Throws<ArgumentException>(uses[0]).Message, StringComparison.Ordinal);
            Assert.Equal(1, s.Get<int>("a"));
            Assert.Equal("old", s.GetFlash<string>("f"));
        });
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
        Assert.False(await site.Visit(s => s.Has("b")));
    }

    [Theory, EveryDriver]
    public async Task AVariableThatCannotBeReadAsATypeSaysSoAndStays(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("word", "x").Set("map.k", 1).Set("other", 2));
        await site.Visit(s =>
        {
            SessionValueException error = Assert.Throws<SessionValueException>(() => s.Get<int>("word"));
            Assert.Equal("word", error.Path);
            Assert.Equal(typeof(int), error.RequestedType);
            Assert.Throws<SessionValueException>(() => s.Get("word", 5));
            Assert.Throws<SessionValueException>(() => s.TryGet<int>("word", out _));
            Assert.Throws<SessionValueException>(() => s.Get<List<int>>("map"));
            Assert.Throws<SessionValueException>(() => s.GetFlash<int>("none", 0) == 0 ? s.Get<Action>("word") : null);
            s.Increment("other");
        });
        await site.Visit(s =>
        {
            Assert.Equal("x", s.Get<string>("word"));
            Assert.Equal(3, s.Get<int>("other"));
        });
    }

    [Fact]
    public async Task NumbersDoNotDependOnTheCulture()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            s.Set("n", -1.5).Set("i", -3).Increment("i");
        });
        Assert.Equal([-1.5, -2L], (await site.Visit(s => s.Get(["n", "i"]))).Values);
    }

    [Flags]
    public enum Permission
    {
        None = 0,
        Read = 1,
        Write = 2,
    }

    public abstract record RoundTrip
    {
        public abstract void Set(Session session, string name);

        public abstract void Check(Session session, string name);
    }

    public sealed record RoundTrip<T>(T Value) : RoundTrip
    {
        public override void Set(Session session, string name) => session.Set(name, Value);

        public override void Check(Session session, string name) => Assert.Equal(Value, session.Get<T>(name));
    }

    public sealed record Address(string City);

    public sealed record Person(string Name, int Age, Address? Address);

    public readonly record struct Point(int X, int Y);

    public record Animal(string Name);

    public sealed record Dog(string Name, int Age) : Animal(Name);

    [JsonDerivedType(typeof(Stop), "stop")]
    [JsonDerivedType(typeof(Go), "go")]
    public interface ISignal;

    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Nothing), "nothing")]
    public abstract record Shape;

    public sealed record Circle(double Radius) : Shape;

    public sealed record Nothing : Shape;

    public sealed record Stop : ISignal;

    public sealed record Go(int Speed) : ISignal;

    public sealed record Holder(string Name, Hidden Hidden);

    public sealed class Hidden(int secret)
    {
        internal int Secret => secret;
    }

    public sealed class Throwing
    {
        public int Value => throw new NotImplementedException();
    }

    public sealed class Node
    {
        public Node? Next { get; set; }

        public static Node Cyclic()
        {
            var node = new Node();
            node.Next = new Node { Next = node };
            return node;
        }
    }
}
