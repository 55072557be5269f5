namespace FuelSessions.Demo.Web;

/// <summary>
/// Keeps pages of other sites from changing anything through the JSON endpoints. SameSite=Lax keeps the session's cookie out of their
/// requests already; but such a request would begin a session of its own, and its answer replace the good cookie.
/// Browsers say where a request comes from; tools, which act for their user alone, need not.
/// </summary>
internal sealed class SameOriginFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpRequest request = context.HttpContext.Request;
        bool isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return isSafe || !IsForeign(request)
            ? next(context)
            : ValueTask.FromResult<object?>(Results.Problem("Requests of other sites may not change anything here.", statusCode: StatusCodes.Status403Forbidden));
    }

    // Sec-Fetch-Site is sent to https and to this machine only; Origin with every POST.
    private static bool IsForeign(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" or "none" => false,
        "" => request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)),
        _ => true,
    };
}
