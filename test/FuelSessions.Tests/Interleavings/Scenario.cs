namespace FuelSessions.Tests.Interleavings;

/// <summary>What is led through every order of its steps.</summary>
internal sealed record Scenario(Start Start, Plan[] Plans)
{
    /// <summary>Whether the requests are served by one process, whose commits queue up; otherwise each has a process of its own.</summary>
    internal bool OneProcess { get; init; }

    /// <summary>
    /// One browser's cookie at the start. Each request then presents what the browser holds when it is sent, which can
    /// be after the answer to another one has arrived. Null: the plans say what is presented.
    /// </summary>
    internal KnownId? Browser { get; init; }

    /// <summary>Whether the app rotates on demand only, so that a cookie that is to live longer must be sent with the id that came.</summary>
    internal bool WithoutRotation { get; init; }

    /// <summary>Whether the store fails what requests that only read have to store.</summary>
    internal bool UpkeepFails { get; init; }

    internal Func<RecordStore> Store { get; init; } = static () => new RecordStore();

    public override string ToString() =>
        $"{Start}{(OneProcess ? ", one process" : "")}{(WithoutRotation ? ", no rotation" : "")}{(Browser is { } id ? ", a browser with its " + (id == Start.Current ? "current" : "previous") + " id" : "")}: {string.Join(" | ", Plans.Select(plan => Browser is null ? plan.ToString() : plan.Deed.ToString()))}";
}
