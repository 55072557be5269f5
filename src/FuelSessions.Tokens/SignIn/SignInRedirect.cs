using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FuelSessions.Tokens.SignIn;

/// <summary>Leads a user to the sign-in page, in place of the answer that could not be made.</summary>
internal static class SignInRedirect
{
    internal static void Send(HttpContext context, string path)
    {
        context.Response.Clear();
        context.Response.Headers.CacheControl = "no-store";
        HttpRequest request = context.Request;

        // Browsers say what becomes of an answer. A script can't go to another site's page, and its user would not see it.
        if (request.Headers["Sec-Fetch-Mode"].ToString() is not ("" or "navigate") || request.Headers.XRequestedWith == "XMLHttpRequest")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        string page = $"{request.PathBase}{path}";
        string back = Back(request);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;

        // The page would refuse what is longer, and it is the sign-in that the user needs.
        context.Response.Headers.Location =
            LocalPath.InHeader(back).Length <= SignInPages.LongestReturn ? QueryHelpers.AddQueryString(page, SignInPages.Return, back) : page;
    }

    // What was sent can't be sent again by a redirect; the page with the form can be shown again.
    private static string Back(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return LocalPath.Of(request);
        }

        return Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out Uri? from) && from.Authority == request.Host.Value ? from.PathAndQuery : $"{request.PathBase}/";
    }
}
