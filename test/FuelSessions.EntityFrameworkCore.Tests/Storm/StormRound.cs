using System.Globalization;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>Two processes that write to the same new sessions while somebody disturbs them, and what is stored then.</summary>
internal sealed class StormRound(StormPlace place, int seconds, int seed)
{
    private const int Sessions = 100;
    private const int Processes = 2;

    private readonly List<WriteReport> _reports = [];
    private readonly Dictionary<string, int> _errors = [];
    private readonly StormCheck _check = new();
    private string _trouble = "";

    /// <summary>Which sessions differ, and how; empty if none does.</summary>
    internal IReadOnlyList<string> Differences =>
        [.. _check.Differences, .. _check.Versions == Told(WriteOutcome.Acknowledged) + _check.UnknownStored ? (string[])[] : ["the versions of all sessions are another number than their writes"]];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using TestApp app = await TestApp.On(place.Database, TimeProvider.System).CreatedAsync();
        await place.EmptyAsync();
        SessionKey[] sessions = await BeginAsync(app);
        WritingProcess[] processes = [];
        try
        {
            processes = [.. Enumerable.Range(0, Processes).Select(number => WritingProcess.Start(place.Database, number, place.KnowsRepeating && number % 2 == 1, seconds, seed, sessions))];
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            end.CancelAfter(TimeSpan.FromSeconds(seconds));
            Task<string> trouble = place.DisturbAsync(sessions, new Random(seed), end.Token);
            foreach (WritingProcess process in processes)
            {
                await process.ReadAsync(_reports, _errors, cancellationToken);
            }

            _trouble = await trouble;
        }
        finally
        {
            Array.ForEach(processes, process => process.Dispose());
        }

        await CheckAsync(app);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Told(WriteOutcome.Acknowledged)} acknowledged, {Told(WriteOutcome.Unknown)} unknown ({_check.UnknownStored} of them stored), {Told(WriteOutcome.Refused)} refused; {_check.Versions} versions in {_reports.Select(report => report.Session).Distinct().Count()} sessions
            {_trouble}; errors: {string.Join(", ", _errors.OrderByDescending(error => error.Value).Select(error => $"{error.Value} {error.Key}"))}
        """);

    private async Task<SessionKey[]> BeginAsync(TestApp app)
    {
        var sessions = new SessionKey[Sessions];
        for (int number = 0; number < Sessions; number++)
        {
            var nonce = Nonce.Of(Nonce.Beginning, 0, number);
            SessionRecord record = Support.Records.New(TimeProvider.System.GetUtcNow(), nonce.AddedTo([]));
            Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
            _reports.Add(new WriteReport(WriteOutcome.Acknowledged, nonce, record.Key));
            sessions[number] = record.Key;
        }

        return sessions;
    }

    private async Task CheckAsync(TestApp app)
    {
        Dictionary<SessionKey, string?> principals = await place.PrincipalsAsync();
        ILookup<SessionKey, WriteReport> reports = _reports.ToLookup(report => report.Session);
        foreach (SessionKey session in principals.Keys.Union(reports.Select(told => told.Key)))
        {
            _check.Add(session, reports[session], await app.Driver.ReadAsync(session, default), principals.GetValueOrDefault(session));
        }
    }

    private int Told(WriteOutcome outcome) => _reports.Count(report => report.Outcome == outcome);
}
