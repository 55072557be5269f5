using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>What the engine told an app it has saved, and where.</summary>
internal sealed record Acknowledged(SessionKey Key, long Sum, bool Wrote);

/// <summary>What one request showed, saw and answered.</summary>
internal sealed record Outcome
{
    internal required Plan Plan { get; init; }

    /// <summary>Of the session that was asked for; null if none was.</summary>
    internal SessionKey? Key { get; init; }

    /// <summary>Null for a token.</summary>
    internal SecretHash? Presented { get; init; }

    internal SessionState Loaded { get; init; }

    internal string? LoadedPrincipal { get; init; }

    internal bool SawData { get; init; }

    /// <summary>How many store steps there had been when it ended.</summary>
    internal int Ended { get; init; }

    internal SessionState Final { get; init; }

    internal SessionKey FinalKey { get; init; }

    /// <summary>What a token has that is made when everything is over; worked out when it is asked for.</summary>
    internal required Func<SecretHash> FinalToken { get; init; }

    internal string? FinalPrincipal { get; init; }

    internal long FinalSum { get; init; }

    /// <summary>The id that the request holds for good when it ends, sent or not.</summary>
    internal SecretHash? InHand { get; init; }

    internal KnownId? Sent { get; init; }

    internal bool Withdraws { get; init; }

    internal IReadOnlyList<Acknowledged> Acknowledged { get; init; } = [];

    /// <summary>The sums that its function was run on.</summary>
    internal IReadOnlyList<long> Shown { get; init; } = [];
}

/// <summary>What a request with an id finds once everything is over.</summary>
/// <param name="Token">What a token has that the holder of the current id makes; null for any other id.</param>
internal readonly record struct Found(bool Opens, bool HasBase, long Sum, string? Principal, SecretHash? Token)
{
    internal bool HasAnything => Opens || HasBase || Sum != 0 || Principal is not null;
}

/// <summary>One run, as the invariants judge it. Plain data, so that a test can fabricate one.</summary>
internal sealed record History(Scenario Scenario, IReadOnlyList<StoreEvent> Events, IReadOnlyList<Outcome> Outcomes)
{
    /// <summary>The answers that reached the browser while requests were still to be sent, in that order.</summary>
    internal IReadOnlyList<int> Delivered { get; init; } = [];

    /// <summary>What each known id finds at once; absent: it was not tried.</summary>
    internal required IReadOnlyDictionary<(SessionKey, SecretHash), Found> Now { get; init; }

    /// <summary>The same when every grace is over; tried with those that find something at once.</summary>
    internal required IReadOnlyDictionary<(SessionKey, SecretHash), Found> Later { get; init; }

    internal required SessionRecord? Record { get; init; }

    public override string ToString() =>
        $"{Scenario}\n    " + string.Join("\n    ", Events.Select(Describe).Concat(Outcomes.Select(Describe)))
        + (Delivered.Count == 0 ? "" : "\n    delivered meanwhile: " + string.Join(",", Delivered));

    private string Describe(StoreEvent step, int index) =>
        $"{index}: request {step.Request} {step.Call}{(step.Key == Scenario.Start.Key ? "" : " of a new session")}{(step.Accepted ? "" : " (refused)")}: {Describe(step.Before)} -> {Describe(step.After)}";

    private static string Describe(SessionRecord? record) => record is null ? "nothing" : $"v{record.Version} id {Short(record.CurrentHash)} epoch {record.Epoch}{(record.Confirmed is null ? " unconfirmed" : "")}";

    private static string Short(SecretHash? hash) => hash is { } known ? $"{(ushort)known.Bits:x4}" : "-";

    private static string Describe(Outcome outcome, int request) =>
        $"request {request} ({outcome.Plan.Deed}) showed {Short(outcome.Presented)}, loaded {outcome.Loaded}, ended {outcome.Final} after step {outcome.Ended}, sent {Short(outcome.Sent?.Hash)}{(outcome.Withdraws ? ", withdrew" : "")}, sum in hand {outcome.FinalSum}, acknowledged {string.Join("+", outcome.Acknowledged.Select(a => a.Sum))}";
}
