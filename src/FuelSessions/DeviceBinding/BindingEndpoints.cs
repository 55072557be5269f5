using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FuelSessions;

/// <summary>
/// Answers what browsers ask for bound sessions, at <c>/.fuelsessions/dbsc/{driver}/register</c> and <c>…/refresh</c>. Each status means something to a browser: 503, like any
/// other failure of ours, keeps its binding; 404 ends it, and is sent only when the session is gone [B7].
/// </summary>
internal sealed class BindingEndpoints(RequestDelegate next, SessionServices services, DeviceBindings bindings)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments(DeviceBindings.Root, out PathString rest) ? AnswerAsync(context, rest) : next(context);

    /// <summary>Whether it was signed for the address that it came to, if it says so.</summary>
    internal static bool IsFor(HttpContext context, SignedProof proof)
    {
        if (proof.Audiences is not { } audiences)
        {
            return true;
        }

        HttpRequest request = context.Request;
        string text = $"{DeviceBindings.OriginOf(context)}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}";
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            && audiences.Any(audience => Uri.TryCreate(audience, UriKind.Absolute, out Uri? meant) && meant == address);
    }

    private async Task AnswerAsync(HttpContext context, PathString rest)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (rest.Value?.Split('/') is not ["", var driver, DeviceBindings.RegisterAction or DeviceBindings.RefreshAction] parts
            || services.Profiles.ForBinding(driver) is not { } options)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers[HeaderNames.Allow] = HttpMethods.Post;
            return;
        }

        SessionDiagnostics diagnostics = services.Engine.Diagnostics;
        try
        {
            // A driver that can't be made is an outage as well.
            SessionHome home = services.HomeOf(options.Driver);
            var update = new BindingUpdate(services.Engine, home.Storage!, options);
            await (parts[2] == DeviceBindings.RegisterAction
                ? new Registration(bindings, home, options, update, diagnostics).AnswerAsync(context)
                : new Refresh(bindings, home, options, update, diagnostics).AnswerAsync(context)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SessionStoreException or SessionTooLargeException or SessionRecordFormatException && !context.Response.HasStarted)
        {
            diagnostics.BindingFailed(options.Driver, error);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }
}
