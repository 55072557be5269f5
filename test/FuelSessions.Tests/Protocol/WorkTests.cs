using System.Text;
using FuelSessions.Engine;

namespace FuelSessions.Tests.Protocol;

/// <summary>
/// No operation's work grows faster than what is stored and what is given: eight times as much takes about eight times the steps, and
/// eight times the memory. Steps are counted where the variables are gone over (see <see cref="Steps"/>), allocations by the runtime.
/// </summary>
public class WorkTests
{
    private static readonly ValueFormat Format = new FuelSessionsOptions().Values;

    public static TheoryData<string> Operations() => [.. All.Keys];

    private static readonly Dictionary<string, Func<int, Action>> All = new()
    {
        ["a list becomes a map"] = n => On(List(n), map => new IncrementVariable(P("v.x"), 1).Apply(map, false)),
        ["an element of a list"] = n => On(List(n), map => new IncrementVariable(P("v.7"), 1).Apply(map, false)),
        ["a list becomes a map, inside"] = n => On(Nested(n), map => map.Set(P("v.a.b.x"), "1"u8.ToArray())),
        ["many increments"] = n => On(List(n), map => Times(n, i => new IncrementVariable(VariablePath.Of(["v", Text(i)]), 1).Apply(map, false))),
        ["many sets"] = n => On(Map(n), map => Times(n, i => map.Set(VariablePath.Of(["v", "k" + Text(i)]), "2"u8.ToArray()))),
        ["many reads"] = n => On(Map(n), map => Times(n, i => Assert.True(map.TryGetInTree(VariablePath.Of(["v", "k" + Text(i)]), out _)))),
        ["many variables read"] = n => On(Variables(n), map => Times(n, i => Assert.True(map.TryGetInTree(P("v" + Text(i)), out _)))),
        ["many variables removed from the front"] = n => On(Variables(n), map => Times(n, i => map.Remove(P("v" + Text(i))))),
        ["many variables removed from the end"] = n => On(Variables(n), map => Times(n, i => map.Remove(P("v" + Text(n - 1 - i))))),
        ["many variables removed and set"] = n => On(Variables(n), map => Times(n, i =>
        {
            map.Remove(P("v" + Text(i)));
            map.Set(P("v" + Text(i)), "1"u8.ToArray());
        })),
        ["many flash variables expire"] = n => On(Variables(n), flash =>
        {
            var ages = new FlashVariables(loaded: long.MaxValue);
            ages.Load(flash, autoExpire: true);
            ages.Expire(flash);
            Assert.True(flash.IsEmpty);
        }),
        ["a path of dots"] = n =>
        {
            string path = "a" + new string('.', n);
            return () => Assert.Throws<ArgumentException>(() => VariablePath.Parse(path));
        },
        ["a map as an object"] = n => On(Map(n), map => ValueSerializer.Deserialize<object>(P("v"), map.TryGet(P("v"), out ReadOnlyMemory<byte> json) ? json : default, Format)),
    };

    [Theory, MemberData(nameof(Operations))]
    public void Work_grows_with_its_input_and_no_faster(string operation)
    {
        const int Small = 2_000;
        const int Times = 8;
        (long steps, long bytes) = Cost(All[operation](Small));
        (long moreSteps, long moreBytes) = Cost(All[operation](Times * Small));
        Assert.True(moreSteps <= 2 * Times * Math.Max(steps, Small), $"{steps} steps become {moreSteps}");
        Assert.True(moreBytes <= 2 * Times * Math.Max(bytes, 16 * Small), $"{bytes} bytes become {moreBytes}");
    }

    [Fact]
    public void Steps_are_counted()
    {
        Assert.True(Cost(All["a list becomes a map"](2_000)).Steps > 2_000);
        Action quadratic = () => Times(2_000, _ => new VariableMap(List(2_000)).TryGet(P("v.1999"), out ReadOnlyMemory<byte> _));
        Assert.True(Cost(quadratic).Steps > 2_000 * 2_000);
    }

    [Fact]
    public void A_path_of_dots_allocates_nothing_that_grows_with_it()
    {
        string path = "a" + new string('.', 1_000_000);
        Assert.InRange(Cost(() => Assert.Throws<ArgumentException>(() => VariablePath.Parse(path))).Bytes, 0, 100_000);
    }

    /// <summary>Only an error needs the path as a text.</summary>
    [Fact]
    public void A_change_through_a_path_makes_no_text_of_it()
    {
        var map = new VariableMap();
        VariablePath[] paths = [VariablePath.Of([new string('n', 10_000), "x"]), VariablePath.Verbatim("v", new string('n', 10_000)), FlashName.Of("flash", VariablePath.Of(["f", new string('n', 10_000)]))];
        Action change = () => Assert.All(paths, path => map.Set(path, "1"u8.ToArray()));
        change();
        Assert.InRange(Cost(change).Bytes, 0, 5_000);
    }

    private static (long Steps, long Bytes) Cost(Action action)
    {
        long steps = Steps.Taken;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        action();
        return (Steps.Taken - steps, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    private static Action On(ReadOnlyMemory<byte> stored, Action<VariableMap> operation) => () =>
    {
        var map = new VariableMap(stored);
        operation(map);
        map.Encode(stamp: 2);
    };

    private static void Times(int count, Action<int> action)
    {
        for (int i = 0; i < count; i++)
        {
            action(i);
        }
    }

    private static ReadOnlyMemory<byte> List(int n) => Stored($"[{string.Join(',', Enumerable.Range(0, n))}]");

    private static ReadOnlyMemory<byte> Nested(int n) => Stored($$$"""{"a":{"b":[{{{string.Join(',', Enumerable.Range(0, n))}}}]}}""");

    private static ReadOnlyMemory<byte> Map(int n) => Stored($"{{{string.Join(',', Enumerable.Range(0, n).Select(i => $"\"k{i}\":{i}"))}}}");

    private static ReadOnlyMemory<byte> Stored(string json)
    {
        var map = new VariableMap();
        map.Set(P("v"), Encoding.UTF8.GetBytes(json));
        return map.Encode(stamp: 1);
    }

    private static ReadOnlyMemory<byte> Variables(int n)
    {
        var map = new VariableMap();
        Times(n, i => map.Set(P("v" + Text(i)), "1"u8.ToArray()));
        return map.Encode(stamp: 1);
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static VariablePath P(string path) => VariablePath.Parse(path);
}
