namespace FuelSessions.Demo.Authority;

/// <summary>The one client that the provider knows, and what it may be told by tests and by the demo.</summary>
internal sealed record AuthorityClient
{
    public string Id { get; init; } = "demo-client";

    public string Secret { get; init; } = "demo-secret";

    /// <summary>The password of every user.</summary>
    public string Password { get; init; } = "open sesame";

    public string Scope { get; init; } = "contacts";

    public TimeSpan AccessLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The clock of the provider.</summary>
    public required TimeProvider Clock { get; init; }
}
