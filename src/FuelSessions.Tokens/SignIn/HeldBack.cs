using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FuelSessions.Tokens.SignIn;

/// <summary>
/// A visit that another site's page has led to, with which browsers hold back a cookie of <see cref="SameSiteMode.Strict"/> [R12]: the provider's answer is one. A page of
/// ours that leads to the same address has it sent.
/// </summary>
internal static class HeldBack
{
    // Told apart by it, for a browser that holds it back again, or has none.
    private const string Again = "again";

    internal static bool IsToComeAgain(HttpContext context, Session session) => session.Transaction.IsBesideHeldBack && !context.Request.Query.ContainsKey(Again);

    internal static Task ComeAgainAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string address = HtmlEncoder.Default.Encode(QueryHelpers.AddQueryString($"{request.PathBase}{request.Path}{request.QueryString}", Again, "1"));

        // Not by a redirect, which is the other site's still.
        return Results.Text($"<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"0;url={address}\"><a href=\"{address}\">Continue</a>", "text/html").ExecuteAsync(context);
    }
}
