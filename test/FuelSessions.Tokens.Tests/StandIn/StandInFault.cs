namespace FuelSessions.Tokens.Tests.StandIn;

/// <summary>Where a fault happens.</summary>
internal enum StandInEndpoint
{
    Token,
    Revoke,
    Api,
}

/// <summary>What goes wrong with a request, instead of its answer or before it.</summary>
/// <param name="Status">The status to answer with; null: the request is answered as usual.</param>
internal sealed record StandInFault(int? Status = null)
{
    /// <summary>The answer's body, as JSON or whatever it is.</summary>
    public string Body { get; init; } = "";

    /// <summary>Headers of the answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What to wait for first. It is given up if the client goes away.</summary>
    public Func<CancellationToken, Task>? Wait { get; init; }

    /// <summary>Never answers.</summary>
    public static StandInFault Silence { get; } = new() { Wait = gone => Task.Delay(Timeout.Infinite, gone) };
}
