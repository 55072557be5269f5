using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Tests.Fuel;

/// <summary>What is got in the next request is what was set; or it was refused when it was set, by variable, type and member.</summary>
public class FaithTests
{
    public static TheoryData<string, object> Kept() => new()
    {
        { "big", BigInteger.Parse("12345678901234567890", System.Globalization.CultureInfo.InvariantCulture) },
        { "negative", -BigInteger.Pow(7, 900) },
        { "huge", BigInteger.Pow(3, 20_000) },
        { "huge negative", -BigInteger.Pow(3, 20_000) },
        { "path", new PathString("/checkout") },
        { "no path", default(PathString) },
        { "query", new QueryString("?a=1") },
        { "host", new HostString("example.org", 81) },
        { "address", IPAddress.Parse("2001:db8::1") },
        { "get-only list", new Cart { Items = { "a", "b" }, Counts = { ["x"] = 1 }, Tags = { "t" } } },
        { "computed", new Line("AB", 2, 1.5m) },
        { "written out", new Written { Name = "Ada" } },
        { "plain subclass", new Names { "a", "b" } },
        { "point", new System.Drawing.Point(1, 2) },
        { "chars", new List<char> { 'a', 'b' } },
        { "ordinal", new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 } },
        { "sorted", new SortedDictionary<int, string> { [2] = "b", [1] = "a" } },
        { "included", new Included(3) },
        { "ignored", new Ignored { Name = "x" } },
    };

    [Theory, MemberData(nameof(Kept))]
    public async Task WhatIsSetComesBack(string kind, object value)
    {
        Assert.NotEmpty(kind);
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("v", value).SetFlash("v", value));
        await site.Visit(s =>
        {
            Assert.Equivalent(value, Get(s, value.GetType()), strict: true);
            if (value is BigInteger or PathString or QueryString or HostString or IPAddress or Line)
            {
                Assert.Equal(value, Get(s, value.GetType()));
            }
        });
    }

    [Fact]
    public async Task AStackKeepsItsOrderHoweverOftenItIsSaved()
    {
        await using Site site = await Site.StartAsync("memory");
        for (int i = 1; i <= 4; i++)
        {
            await site.Visit(s => s
                .Update<Stack<int>>("plain", stack => Push(stack ?? new Stack<int>(), i)));
            await site.Visit(s => s.Update<Holder>("held", held => new Holder(Push(held?.Undo ?? new Stack<int>(), i))));
            await site.Visit(s => s.Update<ImmutableStack<int>>("immutable", stack => (stack ?? []).Push(i)));
            await site.Visit(s => s.Update<ConcurrentStack<int>>("concurrent", stack => new((stack ?? new ConcurrentStack<int>()).Reverse().Append(i))));
        }

        await site.Visit(s =>
        {
            Assert.Equal([4, 3, 2, 1], s.Get<Stack<int>>("plain")!);
            Assert.Equal([4, 3, 2, 1], s.Get<Holder>("held")!.Undo);
            Assert.Equal([4, 3, 2, 1], s.Get<ImmutableStack<int>>("immutable")!.ToArray());
            Assert.Equal([4, 3, 2, 1], s.Get<ConcurrentStack<int>>("concurrent")!);
        });

        static Stack<int> Push(Stack<int> stack, int i)
        {
            stack.Push(i);
            return stack;
        }
    }

    [Fact]
    public async Task AGetOnlyCollectionGrowsThroughRequests()
    {
        await using Site site = await Site.StartAsync("memory");
        for (int i = 1; i <= 3; i++)
        {
            await site.Visit(s => s.Update<Cart>("cart", cart =>
            {
                cart ??= new Cart();
                cart.Items.Add("item");
                return cart;
            }));
            Assert.Equal(i, await site.Visit(s => s.Get<Cart>("cart")!.Items.Count));
        }
    }

    public static TheoryData<string, object> Lost() => new()
    {
        { "Price", new PrivateSetter(3) },
        { "Value", new GetOnlyStruct(3) },
        { "Items", new Backed("a") },
        { "Items", new Begun { Items = { "a" } } },
        { "Secret", new Inner { Name = "x", Secret = 1 } },
        { "Extra", new Tagged { Extra = 1 } },
        { "Owner.Thing", new Owner(new Thing("x")) },
        { "Zoo.Star", new Zoo(new Dog("Rex", 3)) },
        { "[]", new List<Animal> { new Dog("Rex", 3) } },
        { "[]", new HashSet<Animal> { new Dog("Rex", 3) } },
        { "[]", new Dictionary<string, Animal> { ["x"] = new Dog("Rex", 3) } },
        { "[][].Star", new List<Zoo[]> { new[] { new Zoo(new Dog("Rex", 3)) } } },
        { "HashSet", new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" } },
        { "Dictionary", new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 } },
        { "SortedSet", new SortedSet<int>(Comparer<int>.Create((a, b) => b - a)) { 1, 2 } },
        { "Nest.Inner", new Nest(new Dictionary<string, HashSet<string>> { ["x"] = new(StringComparer.OrdinalIgnoreCase) }) },
        { "ReadOnlyCollection", new List<int> { 1 }.AsReadOnly() },
        { "BitArray", new BitArray(3) },
        { "Parameter", new Mismatch(3) },
        { "Number", new ReadOnlyField(3) },
        { "surrogate", new List<char> { '\uD83D' } },
        { "surrogate", new Dictionary<char, int> { ['\uD83D'] = 1 } },
        { "Cart", new PrivateConstructor.Maker().Make() },
    };

    [Theory, MemberData(nameof(Lost))]
    public async Task WhatWouldChangeOnTheWayIsRefused(string names, object value)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            foreach (Action use in new Action[] { () => s.Set("v", value), () => s.SetFlash("v", value), () => s.Set([new("v", value)]), () => s.Update<object>("v", _ => value) })
            {
                ArgumentException error = Assert.Throws<ArgumentException>(use);
                Assert.Contains("'v'", error.Message, StringComparison.Ordinal);
                Assert.Contains(value.GetType().ToString(), error.Message, StringComparison.Ordinal);
                Assert.Contains(names == "Parameter" ? "Mismatch" : names == "Cart" ? "PrivateConstructor" : names, error.ToString(), StringComparison.Ordinal);
            }

            Assert.Empty(s.All());
        });
    }

    [Fact]
    public async Task WhoKnowsBetterSwitchesTheCheckOff()
    {
        await using Site site = await Site.StartAsync("memory", options =>
        {
            options.UncheckedTypes.Add(typeof(PrivateSetter));
            options.UncheckedTypes.Add(typeof(HashSet<>));
        });
        await site.Visit(s => s.Set("price", new PrivateSetter(3)).Set("set", new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" }));
        Assert.Equal(["a"], await site.Visit(s => s.Get<HashSet<string>>("set")!));
    }

    private static object? Get(Session session, Type type) =>
        typeof(FaithTests).GetMethod(nameof(GetAs), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [session]);

    private static object? GetAs<T>(Session session) => session.Get<T>("v");

    public sealed class Cart
    {
        public List<string> Items { get; } = [];

        public Dictionary<string, int> Counts { get; } = [];

        public ISet<string> Tags { get; } = new HashSet<string>();
    }

    public sealed record Line(string Sku, int Quantity, decimal Price)
    {
        public decimal Total => Quantity * Price;
    }

    public sealed class Written
    {
        private string _name = "";

        public string Name
        {
            get => _name;
            set => _name = value;
        }

        public string Upper => _name.ToUpperInvariant();
    }

    public sealed class Names : List<string>;

    public sealed class Included(int number)
    {
        public Included()
            : this(0)
        {
        }

        [JsonInclude]
        public int Number { get; private set; } = number;
    }

    public sealed class Ignored
    {
        public string Name { get; set; } = "";

        [JsonIgnore]
        public string Cached { get; set; } = "";
    }

    public sealed record Holder(Stack<int> Undo);

    public sealed class PrivateSetter
    {
        public PrivateSetter()
        {
        }

        public PrivateSetter(int price) => Price = price;

        public string Name { get; set; } = "";

        public int Price { get; private set; }
    }

    public readonly struct GetOnlyStruct(int value)
    {
        public int Value { get; } = value;
    }

    public sealed class Backed
    {
        private readonly List<string> _items = [];

        public Backed()
        {
        }

        public Backed(string item) => _items.Add(item);

        public IReadOnlyList<string> Items => _items;
    }

    public sealed class Begun
    {
        public List<string> Items { get; } = ["first"];
    }

    public sealed class Inner
    {
        public string Name { get; set; } = "";

        internal int Secret { get; set; }
    }

    public sealed class Tagged : List<int>
    {
        public int Extra { get; set; }
    }

    public interface IThing
    {
        string Name { get; }
    }

    public sealed record Thing(string Name) : IThing;

    public sealed record Owner(IThing Thing);

    public record Animal(string Name);

    public sealed record Dog(string Name, int Age) : Animal(Name);

    public sealed record Zoo(Animal Star);

    public sealed record Nest(Dictionary<string, HashSet<string>> Inner);

    public sealed class Mismatch(int parameter)
    {
        public int Value { get; set; } = parameter;
    }

    public sealed class ReadOnlyField
    {
        public readonly int Number;

        public ReadOnlyField()
        {
        }

        public ReadOnlyField(int number) => Number = number;
    }

    public sealed class PrivateConstructor
    {
        private PrivateConstructor()
        {
        }

        public int Value { get; set; }

        public sealed class Maker
        {
            public PrivateConstructor Make() => new();
        }
    }
}
