using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>Gives the request its sessions, and saves them before the first byte of the response goes out.</summary>
internal sealed class SessionMiddleware(RequestDelegate next, SessionServices services)
{
    public Task InvokeAsync(HttpContext context)
    {
        EndpointUse use = services.Profiles.UseOf(context.Features.Find<IEndpointFeature>()?.Endpoint);
        if (!use.Enabled)
        {
            return next(context);
        }

        // A request may be run again, to make an error page for instance: its sessions go on, by the settings that they began with.
        RequestSessions? known = AmbientSessions.Find() is { } outer && outer.IsOf(context) ? outer : context.Features.Find<RequestSessions>();
        return known is null ? InvokeAsync(context, use, new RequestSessions(context, services, use)) : InvokeAsync(context, known.Use, known);
    }

    // What it has to remember is kept for each request that waits: as little as possible.
    private async Task InvokeAsync(HttpContext context, EndpointUse use, RequestSessions sessions)
    {
        sessions.Enter();
        RequestForm.Watch(sessions);
        using AmbientSessions.Scope scope = AmbientSessions.Enter(sessions);
        ISessionFeature? native = sessions.Profiles.NativeEmulation ? Emulate(context, sessions) : null;
        IFeatureCollection features = context.Features;
        var saving = new SavingResponseBody(features.Find<IHttpResponseBodyFeature>() ?? features.GetRequiredFeature<IHttpResponseBodyFeature>(), sessions);
        features.Put<IHttpResponseBodyFeature>(saving);
        try
        {
            await ReadingAhead.ReadAsync(sessions, use).ConfigureAwait(false);
            await next(context).ConfigureAwait(false);
            await sessions.SaveAtEndAsync().ConfigureAwait(false);
            saving.Release();
        }
        catch (Exception error)
        {
            await sessions.EndWithErrorAsync(error).ConfigureAwait(false);
            if (error is not (TooManySessionsException or SignInRefusedException or SessionUnprovedException) || context.Response.HasStarted)
            {
                throw;
            }

            // As a rate limiter does: what a visitor may do on purpose is no error of the app, whose handler would log each.
            var refusal = (BadHttpRequestException)error;
            context.Response.Clear();
            context.Response.StatusCode = refusal.StatusCode;
            if (refusal is TooManySessionsException { RetryAfter: var wait })
            {
                context.Response.Headers.RetryAfter = wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            features.Put(saving.Inner);
            sessions.Leave();
            if (sessions.First is not null)
            {
                features.Put(sessions);
            }

            if (sessions.Profiles.NativeEmulation)
            {
                context.Features.Set(native);
            }
        }
    }

    // What was there before, to be put back.
    private static ISessionFeature? Emulate(HttpContext context, RequestSessions sessions)
    {
        ISessionFeature? before = context.Features.Get<ISessionFeature>();
        context.Features.Set<ISessionFeature>(new NativeSessionFeature(sessions));
        return before;
    }
}
