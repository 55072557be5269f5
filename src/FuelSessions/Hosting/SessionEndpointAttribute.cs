namespace FuelSessions;

/// <summary>
/// How an endpoint uses sessions; on a controller or an action, or as endpoint metadata through <c>WithSession</c>,
/// <c>WithReadOnlySession</c> and <c>WithoutSession</c>. Several on one endpoint add up.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class SessionEndpointAttribute(params string[] drivers) : Attribute
{
    /// <summary>
    /// The drivers whose sessions are read before the endpoint runs; an empty name means the default one. What is not
    /// named here is learned by the endpoint's first request for the next ones.
    /// </summary>
    public IReadOnlyList<string> Drivers { get; } = drivers;

    /// <summary>
    /// Whether the endpoint only looks: flash variables don't age, and a change throws. For background requests, which
    /// would otherwise use up messages that nobody has seen.
    /// </summary>
    public bool ReadOnly { get; set; }

    /// <summary>
    /// Whether a request to the endpoint keeps the sessions of <see cref="Drivers"/> alive (of the default driver, if none is named) though its code
    /// does not use them, as <see cref="FuelSessionsOptions.TouchOnEveryRequest"/> does for all endpoints. Default false.
    /// </summary>
    public bool Touch { get; set; }

    /// <summary>Whether a form may be read for <see cref="FuelSessionsOptions.PostFieldName"/>. Default true; false for endpoints that stream their body.</summary>
    public bool ReadForm { get; set; } = true;

    /// <summary>Whether there are sessions at all in this endpoint. Default true; false saves the little that they cost.</summary>
    public bool Enabled { get; set; } = true;
}
