using FuelSessions.Tokens;

namespace FuelSessions.Demo.Client;

/// <summary>What a page may show of a token: never the token.</summary>
/// <param name="Left">Until the access token ends; 0 if it has.</param>
/// <param name="RenewIn">Until a call renews it first; 0 if the next one does.</param>
internal sealed record TokenView(string Who, string Scope, TimeSpan Left, TimeSpan RenewIn)
{
    // A tenth of its life ahead, as RenewBefore has it for short-lived tokens.
    private static readonly TimeSpan RenewBefore = ProviderClient.AccessLifetime / 10;

    internal string When => this switch
    {
        { Left.Ticks: 0 } => "expired",
        { RenewIn.Ticks: 0 } => "due",
        _ => "fresh",
    };

    /// <summary>Null if nobody is signed in.</summary>
    internal static TokenView? Of(TokenSession session, DateTimeOffset now)
    {
        if (!session.IsAuthenticated)
        {
            return null;
        }

        OAuthToken token = session.Token;
        TimeSpan left = token.ExpiresAt is { } end && end > now ? end - now : TimeSpan.Zero;
        TimeSpan renewIn = left > RenewBefore ? left - RenewBefore : TimeSpan.Zero;
        return new TokenView(token.Extra.GetValueOrDefault("user") ?? "somebody", token.Scope ?? "", left, renewIn);
    }

    /// <summary>Minutes and seconds: <c>1:05</c>.</summary>
    internal static string Text(TimeSpan time) => $"{(int)time.TotalMinutes}:{time.Seconds:00}";
}
