using System.Diagnostics;

namespace FuelSessions.Tests.Interleavings;

/// <summary>Leads scenarios through every order of their store steps and lets the invariants judge each run.</summary>
internal sealed class Exploration
{
    private const int Threads = 2;

    private readonly Dictionary<string, (int Count, string Example)> _broken = [];

    /// <summary>How many runs there were: orders of store steps.</summary>
    internal long Schedules { get; private set; }

    /// <summary>The same, times the orders in which the answers can arrive or be lost.</summary>
    internal long Interleavings { get; private set; }

    internal TimeSpan Duration { get; private set; }

    /// <summary>The rules that were broken, how often, and the first run that broke each.</summary>
    internal IReadOnlyDictionary<string, (int Count, string Example)> Broken => _broken;

    internal static Exploration Of(IReadOnlyList<Scenario> scenarios)
    {
        var exploration = new Exploration();
        var watch = Stopwatch.StartNew();
        int next = -1;
        Exception? failure = null;

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            try
            {
                for (int i; failure is null && (i = Interlocked.Increment(ref next)) < scenarios.Count;)
                {
                    exploration.Explore(scenarios[i]);
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        exploration.Duration = watch.Elapsed;
        return failure is null ? exploration : throw new InvalidOperationException("A run failed.", failure);
    }

    private void Explore(Scenario scenario)
    {
        var choices = new Choices();
        long schedules = 0;
        do
        {
            if (Execution.Run(scenario, choices) is { } history)
            {
                schedules++;
                IReadOnlyList<string> broken = Invariants.BrokenBy(history);
                if (broken.Count > 0)
                {
                    Add(history, broken);
                }
            }
        }
        while (choices.Next());

        lock (_broken)
        {
            Schedules += schedules;
            Interleavings += schedules * Invariants.Arrivals(scenario.Plans.Length);
        }
    }

    private void Add(History history, IReadOnlyList<string> broken)
    {
        lock (_broken)
        {
            foreach (string what in broken)
            {
                string rule = what.Split('(')[0].TrimEnd();
                (int count, string? example) = _broken.GetValueOrDefault(rule);
                _broken[rule] = (count + 1, example ?? $"{what}\n    in {history}");
            }
        }
    }

    public override string ToString() =>
        Broken.Count == 0 ? "no rule broken" : string.Join("\n\n", Broken.OrderBy(entry => entry.Key).Select(entry => $"{entry.Value.Count} times: {entry.Value.Example}"));
}
