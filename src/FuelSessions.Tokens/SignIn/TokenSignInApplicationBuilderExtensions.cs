using FuelSessions;
using FuelSessions.Tokens;
using FuelSessions.Tokens.SignIn;
using Microsoft.AspNetCore.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Leads users to a sign-in whose tokens are missing or no good any more.</summary>
public static class TokenSignInApplicationBuilderExtensions
{
    /// <summary>
    /// Where a request fails with <see cref="TokenRefusedException"/>, also as the cause of another exception, leads the user to the sign-in
    /// page, which leads back. A script's own request, which could not follow, gets 401. What the failed request has done to its session is dropped, unless
    /// <see cref="FuelSessionsOptions.SaveOnError"/> is on. Put it after <c>app.UseFuelSessions()</c> and before what
    /// uses tokens.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="path">The sign-in page, as in <c>app.MapTokenSignIn</c>. It gets <c>returnUrl</c> in its query.</param>
    /// <param name="client">Whose refusals lead there; null: each client's.</param>
    /// <returns>The same app.</returns>
    public static IApplicationBuilder UseTokenSignIn(this IApplicationBuilder app, string path = "/sign-in", string? client = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!LocalPath.Is(path))
        {
            throw new ArgumentException($"The sign-in page is '{path}'; allowed is a path of the app's own, such as /sign-in.", nameof(path));
        }

        return app.Use(async (context, next) =>
        {
            try
            {
                await next(context).ConfigureAwait(false);
            }
            catch (Exception error) when (!context.Response.HasStarted && IsOf(client, error) && !context.Request.Path.StartsWithSegments(path))
            {
                // As after any request that fails: what it has done to its sessions is dropped, and no flash variable is used up.
                if (AmbientSessions.Find() is { } sessions && sessions.IsOf(context))
                {
                    await SavingTogether.AfterErrorAsync(sessions, error).ConfigureAwait(false);
                }

                SignInRedirect.Send(context, path);
            }
        });
    }

    private static bool IsOf(string? client, Exception? error) => error switch
    {
        null => false,
        TokenRefusedException refused => client is null || refused.Client == client,
        AggregateException several => several.InnerExceptions.Any(one => IsOf(client, one)),
        _ => IsOf(client, error.InnerException),
    };
}
