namespace FuelSessions.Tokens;

/// <summary>How <c>app.MapTokenSignIn</c> signs users in at the provider's page.</summary>
public sealed class TokenSignInOptions
{
    /// <summary>What the token is to permit, names separated by spaces. Default null: as the provider has it.</summary>
    public string? Scope { get; set; }

    /// <summary>
    /// Where the provider sends users back to, if not to the address under which they asked for the sign-in page. Default null. It must lead to
    /// <c>/callback</c> below that page.
    /// </summary>
    public Uri? RedirectUri { get; set; }

    /// <summary>Where users go who came without <c>returnUrl</c>: a path of the app's own. Default <c>/</c>.</summary>
    public string ReturnPath { get; set; } = "/";

    /// <summary>
    /// Where users go whose sign-in failed or who refused: a path of the app's own, which gets <c>error</c> in its query. Default null: they see a
    /// plain page with the status 400, 403, 502 or 503.
    /// </summary>
    public string? FailurePath { get; set; }
}
