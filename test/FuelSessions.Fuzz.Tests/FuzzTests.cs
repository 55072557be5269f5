using Xunit.Abstractions;

namespace FuelSessions.Fuzz.Tests;

/// <summary>Every kept input, and 200,000 fresh ones a target: always the same, so that nobody's change fails for another one's luck.</summary>
public sealed class FuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _failures = Directory.CreateTempSubdirectory("fuelsessions-fuzz").FullName;

    private static readonly string[] All =
        ["records", "variables", "paths", "cookies", "protected", "carried", "packed-records", "proofs", "memcached", "answers", "stored-tokens", "return-paths", "settings"];

    public static TheoryData<string> Targets() => [.. All];

    [Theory, MemberData(nameof(Targets))]
    public async Task Every_promise_holds(string target)
    {
        FuzzRun run = await FuzzRun.OfAsync(_failures, "--corpus", FuzzRun.Corpus, "--target", target, "--inputs", "200000", "--seed", "1", "--steady");
        output.WriteLine(run.Output);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("every promise held", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_target_is_left_out()
    {
        FuzzRun run = await FuzzRun.OfAsync(_failures, "--target", "nothing", "--inputs", "1");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"there are {string.Join(", ", All)}.", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crash", "it threw what it must not")]
    [InlineData("hang", "does not come to an end")]
    [InlineData("allocation", "it allocated")]
    [InlineData("overflow", "took the process down")]
    [InlineData("forgery", "what is forged is taken")]
    [InlineData("value", "a value is read as another one")]
    public async Task A_planted_mistake_is_found_and_can_be_replayed(string plant, string told)
    {
        FuzzRun run = await FuzzRun.OfAsync(_failures, "--target", "planted-" + plant, "--inputs", "1000000", "--seed", "1");
        output.WriteLine(run.Output);
        Assert.True(run.ExitCode == 1, run.Output);
        Assert.Contains(told, run.Output, StringComparison.Ordinal);

        string input = Assert.Single(Directory.GetFiles(_failures, $"planted-{plant}.*"));
        FuzzRun replayed = await FuzzRun.OfAsync(_failures, "--replay", input);
        Assert.True(replayed.ExitCode == 1, replayed.Output);
        Assert.Contains(told, replayed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_planted_nothing_is_found()
    {
        FuzzRun run = await FuzzRun.OfAsync(_failures, "--target", "planted-nothing", "--inputs", "200000", "--seed", "1");
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [Fact]
    public async Task A_run_can_be_repeated()
    {
        FuzzRun first = await FuzzRun.OfAsync(_failures, "--target", "records", "--inputs", "20000", "--seed", "7", "--steady");
        FuzzRun second = await FuzzRun.OfAsync(_failures, "--target", "records", "--inputs", "20000", "--seed", "7", "--steady");
        Assert.Equal(Reached(first), Reached(second));

        static string Reached(FuzzRun run) => run.Output[run.Output.IndexOf("/s", StringComparison.Ordinal)..run.Output.IndexOf("at worst", StringComparison.Ordinal)];
    }

    public void Dispose() => Directory.Delete(_failures, recursive: true);
}
