using System.Text;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Protocol;

/// <summary>What a request did is done again to what another one has stored meanwhile: each change once, and in their order [W2, W3].</summary>
public class ChangesTests
{
    private static readonly ValueFormat Format = new FuelSessionsOptions().Values;

    private readonly SessionContent _content = new();

    public ChangesTests() => _content.Show(Variables.None);

    [Theory]
    [InlineData(0, 9, 97)]
    [InlineData(1, 91, 97)]
    [InlineData(2, 912, 97)]
    [InlineData(3, 9123, 97)]
    public void Changes_are_made_again_in_their_order_and_those_that_are_stored_no_more(int count, int merged, int afterwards)
    {
        Append(1, count);
        Assert.Equal(merged, Merge("9"));
        Assert.Equal(merged, Merge("9"));
        _content.DropChanges();
        Assert.False(_content.HasChanges);
        Assert.Equal(9, Merge("9"));
        Append(7, 1);
        Assert.Equal(afterwards, Merge("9"));
    }

    [Fact]
    public void A_function_that_gives_up_the_changes_while_they_are_made_again_is_not_called_for_good()
    {
        int calls = 0;
        Action meanwhile = static () => { };
        _content.Apply(new UpdateVariable<int>(P("n"), n =>
        {
            meanwhile();
            return ++calls < 100 ? n + 1 : throw new InvalidOperationException("Nothing ends it.");
        }, Format));
        Append(1, 2);
        meanwhile = _content.DropChanges;
        Assert.Equal(1012, Merge("9"));
        Assert.Equal(2, calls);
    }

    [Fact]
    public void What_a_function_changes_besides_is_made_again_too()
    {
        int calls = 0;
        _content.Apply(new UpdateVariable<int>(P("n"), n =>
        {
            if (++calls == 2)
            {
                Append(5, 1);
            }

            return n + 1;
        }, Format));
        Append(1, 1);
        Assert.Equal(1015, Merge("9"));
    }

    /// <summary>A token that the driver has stored itself is not undone by a request that emptied its session before, and is saved later.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_stored_past_the_changes_outlives_each_clear_before_it(int others)
    {
        _content.Keep(P("tokens.a"));
        Append(1, others);
        _content.Apply(new ClearVariables());
        Append(2, others);
        _content.Apply(new ClearVariables());
        _content.Keep(P("tokens.a"));
        _content.Keep(VariablePath.Verbatim("tokens", "b.c"));
        Append(3, others);
        _content.Apply(new RemoveVariable(P("other")));

        VariableMap merged = On("9", ("tokens", "{\"a\":1,\"b.c\":2,\"b\":{\"c\":3}}"), ("other", "1")).Data;
        Assert.Equal("{\"a\":1,\"b.c\":2}", Value(merged, "tokens"));
        Assert.Equal(others == 0 ? ["tokens"] : ["n", "tokens"], merged.Names.Order());
    }

    // Order shows in what comes out.
    private void Append(int first, int count)
    {
        for (int digit = first; digit < first + count; digit++)
        {
            int last = digit;
            _content.Apply(new UpdateVariable<int>(P("n"), n => (n * 10) + last, Format));
        }
    }

    private int Merge(string n) => int.Parse(Value(On(n).Data, "n"), System.Globalization.CultureInfo.InvariantCulture);

    private Variables On(string n, params (string Name, string Json)[] others)
    {
        var stored = new VariableMap();
        foreach ((string name, string json) in others.Append(("n", n)))
        {
            stored.Set(P(name), Encoding.UTF8.GetBytes(json));
        }

        SessionRecord won = SessionRecord.New(SessionKey.Create(), SessionSecret.Create().Hash(), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1)) with { Data = stored.Encode(stamp: 1) };
        return _content.On(won, isRead: false);
    }

    private static string Value(VariableMap map, string name) => map.TryGet(P(name), out ReadOnlyMemory<byte> json) ? Encoding.UTF8.GetString(json.Span) : "nothing";

    private static VariablePath P(string path) => VariablePath.Parse(path);
}
