using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>A request's form, which is looked into for an id without being taken from the endpoint [C4].</summary>
internal sealed class RequestForm(HttpContext context)
{
    private WatchedBody? _body;

    /// <summary>Whether it was looked into, as far as that goes.</summary>
    internal bool IsRead { get; private set; }

    /// <summary>From here on it is known whether the app reads the body itself.</summary>
    internal static void Watch(RequestSessions sessions)
    {
        if (sessions.Profiles.HasFormField && sessions.Context.Request.HasFormContentType)
        {
            RequestForm form = sessions.Form ??= new RequestForm(sessions.Context);
            form._body ??= WatchedBody.Watch(sessions.Context.Request);
        }
    }

    /// <summary>Whether the form is to be looked into for the session of those settings, and was not yet.</summary>
    internal static bool IsNeeded(RequestSessions sessions, FuelSessionsOptions options) =>
        sessions.Use.ReadForm && ChannelReader.MayHaveForm(sessions.Context, options) && sessions.Find(options.CookieName) is null or { IsHandedOut: false, SawForm: false };

    /// <summary>Looks into it if that is needed. What was forged without it is forged anew.</summary>
    internal static async ValueTask ReadAsync(RequestSessions sessions, FuelSessionsOptions options)
    {
        if (!IsNeeded(sessions, options))
        {
            return;
        }

        await (sessions.Form ??= new RequestForm(sessions.Context)).ReadAsync().ConfigureAwait(false);
        if (sessions.Find(options.CookieName) is { } unaware)
        {
            sessions.Remove(unaware);
        }
    }

    /// <summary>The same for code that can't wait.</summary>
    internal static void Read(RequestSessions sessions, FuelSessionsOptions options)
    {
        sessions.ThrowIfOver();
        if (IsNeeded(sessions, options))
        {
            ReadAsync(sessions, options).AsTask().GetAwaiter().GetResult();
        }
    }

    // Unless something has begun to read the body itself: that goes on with it, and if it has read a form, that is known.
    private async ValueTask ReadAsync()
    {
        if (!IsRead && _body is not { HasBegun: true })
        {
            await ReadAndRewindAsync().ConfigureAwait(false);
        }

        IsRead = true;
    }

    private async ValueTask ReadAndRewindAsync()
    {
        try
        {
            // The endpoint may read the body too, as it came.
            context.Request.EnableBuffering();
            await context.Request.ReadFormAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or BadHttpRequestException or InvalidOperationException)
        {
            // A broken form is the endpoint's to report, which gets the same error when it reads it.
        }

        if (context.Request.Body is { CanSeek: true } body)
        {
            body.Position = 0;
        }
    }
}
