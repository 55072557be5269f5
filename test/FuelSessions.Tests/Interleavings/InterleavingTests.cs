using Xunit.Abstractions;

namespace FuelSessions.Tests.Interleavings;

/// <summary>A proof, not only examples: every order of the store steps of concurrent requests, on the real engine.</summary>
public class InterleavingTests(ITestOutputHelper output)
{
    [Fact]
    public void TwoRequestsKeepEveryRule() => Explore("two requests", Scenarios.TwoRequests(oneProcess: false));

    [Fact]
    public void TwoRequestsOfOneProcessKeepEveryRule() => Explore("two requests of one process", Scenarios.TwoRequests(oneProcess: true));

    [Fact]
    public void ThreeRequestsKeepEveryRule() => Explore("three requests", Scenarios.ThreeRequests());

    [Fact]
    public void ThreeRequestsOfOneProcessKeepEveryRule() => Explore("three requests of one process", Scenarios.ThreeRequestsOfOneProcess());

    [Fact]
    public void TwoRequestsOfOneBrowserKeepEveryRule() => Explore("two requests of one browser", Scenarios.OneBrowser(2));

    [Fact]
    public void ThreeRequestsOfOneBrowserKeepEveryRule() => Explore("three requests of one browser", Scenarios.OneBrowser(3));

    /// <summary>Whether the store has done it or not: nobody loses anything by it, and no reader fails [F8].</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UpkeepThatFailsKeepsEveryRule(bool isDone) => Explore($"upkeep that fails {(isDone ? "though it is done" : "")}", Scenarios.FailingUpkeep(isDone));

    /// <summary>After a lost answer, a pause and a burst with the old id [R8, R3].</summary>
    [Fact]
    public void BurstsOfOneBrowserLoseNoRequest() => Explore("bursts of four requests", Scenarios.Bursts(4, static () => new RecordStore())[..1]);

    /// <summary>While one request saves twice, the others replace the id that it was about to send, twice.</summary>
    [Fact]
    public void AnnouncesNoIdThatWasReplacedTwiceMeanwhile()
    {
        Deed[] deeds = [Deed.RotateSaveAndIncrement, Deed.Read, Deed.Rotate, Deed.Rotate];
        var start = new Start(StartState.Fresh);
        Explore("four requests of one browser", [new Scenario(start, [.. deeds.Select(deed => new Plan(deed, Presents.Current))]) { Browser = start.Current }]);
    }

    private void Explore(string what, List<Scenario> scenarios)
    {
        var exploration = Exploration.Of(scenarios);
        string covered = FormattableString.Invariant(
            $"interleavings covered: {what} {exploration.Interleavings:N0} ({scenarios.Count:N0} scenarios, {exploration.Schedules:N0} orders of their store steps, each with every order and loss of the answers) in {exploration.Duration.TotalSeconds:F1} s");
        output.WriteLine(covered);
        Console.WriteLine(covered);
        Assert.True(exploration.Broken.Count == 0, exploration.ToString());
    }
}
