using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Demo.Authority;

/// <summary>The page where a user agrees. It asks for a name instead of a password: nothing here is worth one.</summary>
internal static class AuthorityPage
{
    private const int LongestName = 64;

    internal static IResult ShowAsync(HttpContext context)
    {
        // With the looks of the app that serves it. OpenIddict has checked client, address and PKCE; what it was asked comes again with the answer.
        string home = Encoded(context.Request.PathBase.ToString());
        string asked = string.Concat(context.Request.Query.Select(field => $"""<input type="hidden" name="{Encoded(field.Key)}" value="{Encoded(field.Value.ToString())}">"""));
        return Results.Content($"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Provider</title>
            <link rel="icon" href="{home}/favicon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="{home}/site.css"></head>
            <body class="narrow">
            <main class="card">
            <h1>Provider</h1>
            <p><strong>{Encoded(context.Request.Query["client_id"].ToString())}</strong> would like to act for you.</p>
            <form method="post" action="{Encoded(context.Request.PathBase + context.Request.Path)}" class="stack">
              {asked}
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
            """, "text/html; charset=utf-8");
    }

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}
