namespace FuelSessions.Benchmarks.Load;

/// <summary>Everything that a run has measured.</summary>
internal sealed class Results
{
    private readonly Dictionary<(Subject Subject, Scenario Scenario), List<Measurement>> _measurements = [];
    private readonly Dictionary<(Subject Subject, Scenario Scenario), double> _commands = [];
    private readonly List<string> _left = [];

    internal IReadOnlyDictionary<(Subject Subject, Scenario Scenario), List<Measurement>> Measurements => _measurements;

    /// <summary>What could not be measured, and why.</summary>
    internal IReadOnlyList<string> LeftOut => _left;

    /// <summary>Of each subject: counted requests one by one answered, and those of them that are in no counter.</summary>
    internal Dictionary<Subject, (long Answered, long Lost)> Bursts { get; } = [];

    /// <summary>Requests a second after the first one of a fresh process; by variant, and whether it waited on its thread.</summary>
    internal Dictionary<(string Variant, bool Synchronous), List<double>> ColdStarts { get; } = [];

    /// <summary>The p99 of requests, in microseconds, while expired rows are removed and while nothing is.</summary>
    internal List<(double With, double Without)> CleanUps { get; } = [];

    internal void Add(Subject subject, Scenario scenario, Measurement measurement)
    {
        if (!_measurements.TryGetValue((subject, scenario), out List<Measurement>? list))
        {
            _measurements.Add((subject, scenario), list = []);
        }

        list.Add(measurement);
    }

    /// <summary>
    /// As another run like it could have come out: as many measurements of everything, each drawn from those that there are (a bootstrap). It knows how
    /// rounds differ, and not how processes do.
    /// </summary>
    internal Results Resampled(Random random)
    {
        var other = new Results();
        foreach (((Subject subject, Scenario scenario), List<Measurement> list) in _measurements)
        {
            other._measurements.Add((subject, scenario), Draw(list, random));
        }

        foreach (((string, bool) key, List<double> rates) in ColdStarts)
        {
            other.ColdStarts.Add(key, Draw(rates, random));
        }

        other.CleanUps.AddRange(Draw(CleanUps, random));
        return other;
    }

    /// <summary>Measurements that other programs disturbed: those that were made again, and those that count all the same.</summary>
    internal (int Repeated, int Kept) Disturbed { get; private set; }

    internal void NoteDisturbance(bool isKept) => Disturbed = isKept ? (Disturbed.Repeated, Disturbed.Kept + 1) : (Disturbed.Repeated + 1, Disturbed.Kept);

    internal void LeaveOut(string what) => _left.Add(what);

    internal void SetCommands(Subject subject, Scenario scenario, double perRequest) => _commands[(subject, scenario)] = perRequest;

    /// <summary>Store commands of one request; null if they were not counted.</summary>
    internal double? Commands(Subject subject, Scenario scenario) => _commands.TryGetValue((subject, scenario), out double commands) ? commands : null;

    /// <summary>The median over the rounds; null if it was not measured.</summary>
    internal double? Median(Subject subject, Scenario scenario, Func<Measurement, double> figure) =>
        _measurements.TryGetValue((subject, scenario), out List<Measurement>? list) ? Statistics.Median(list.Select(figure)) : null;

    /// <summary>How often that was measured at most which is measured once a round.</summary>
    internal int Rounds => _measurements.Where(entry => !entry.Key.Subject.IsNone).Select(entry => entry.Value.Count).DefaultIfEmpty().Max();

    internal long Failures => _measurements.Values.Sum(list => list.Sum(measurement => measurement.Failures));

    /// <summary>Lost updates of a subject, under load and in its burst; null if it has no counters.</summary>
    internal long? Lost(Subject subject)
    {
        long[] lost =
        [
            .. _measurements.Where(entry => entry.Key.Subject == subject).SelectMany(entry => entry.Value).Select(measurement => measurement.Lost).OfType<long>(),
            .. Bursts.TryGetValue(subject, out (long Answered, long Lost) burst) ? (long[])[burst.Lost] : [],
        ];
        return lost.Length == 0 ? null : lost.Sum();
    }

    private static List<T> Draw<T>(List<T> from, Random random) => [.. from.Select(_ => from[random.Next(from.Count)])];
}
