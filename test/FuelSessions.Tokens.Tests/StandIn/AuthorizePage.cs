using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FuelSessions.Tokens.Tests.StandIn;

/// <summary>The page where a user agrees. It asks for a name instead of a password: nothing here is worth one.</summary>
internal static class AuthorizePage
{
    private const int LongestName = 64;

    internal static Task ShowAsync(HttpContext context, OAuthStandIn standIn)
    {
        string client = context.Request.Query["client_id"].ToString();
        string redirectUri = context.Request.Query["redirect_uri"].ToString();
        string challenge = context.Request.Query["code_challenge"].ToString();
        if (client != standIn.ClientId || !IsOurs(context, redirectUri) || challenge.Length == 0 || context.Request.Query["code_challenge_method"] != "S256")
        {
            // Not sent back: where to is what is wrong.
            return RefuseAsync(context);
        }

        // With the looks of the app that serves it.
        string home = Encoded(context.Request.PathBase.ToString());
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Stand-in provider</title>
            <link rel="icon" href="{home}/favicon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="{home}/site.css"></head>
            <body class="narrow">
            <main class="card">
            <h1>Stand-in provider</h1>
            <p><strong>{Encoded(client)}</strong> would like to act for you.</p>
            <form method="post" class="stack">
              <input type="hidden" name="redirect_uri" value="{Encoded(redirectUri)}">
              <input type="hidden" name="state" value="{Encoded(context.Request.Query["state"].ToString())}">
              <input type="hidden" name="challenge" value="{Encoded(challenge)}">
              <label for="user">Your name</label>
              <input id="user" name="user" value="ada" maxlength="{LongestName}" required>
              <div class="row">
              <button name="agree" value="yes" class="primary">Agree</button>
              <button name="agree" value="no" formnovalidate>Refuse</button>
              </div>
            </form>
            <p class="hint">It asks for no password: nothing here is worth one.</p>
            </main>
            </body>
            </html>
            """);
    }

    internal static async Task AnswerAsync(HttpContext context, OAuthStandIn standIn)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        string redirectUri = form["redirect_uri"].ToString();
        string user = form["user"].ToString();
        if (!IsOurs(context, redirectUri) || user.Length > LongestName)
        {
            await RefuseAsync(context);
            return;
        }

        (string name, string value) = form["agree"] == "no" ? ("error", "access_denied") : ("code", standIn.IssueCode(user, redirectUri, form["challenge"].ToString()));
        context.Response.Redirect(QueryHelpers.AddQueryString(redirectUri, new Dictionary<string, string?> { [name] = value, ["state"] = form["state"].ToString() }));
    }

    // Codes go to this app only, as a provider sends them to registered addresses only.
    private static bool IsOurs(HttpContext context, string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out Uri? address) && address.Authority == context.Request.Host.Value;

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("The client is not known, the name is too long, there is no PKCE, or the address to send you back to is not this app's.");
    }

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}
