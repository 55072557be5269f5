using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>A request's form, which is looked into for an id without being taken from the endpoint [C4].</summary>
internal sealed class RequestForm(HttpContext context)
{
    private WatchedBody? _body;

    private bool _isRead;

    /// <summary>Whether the request's form was looked into for the session of those settings, as far as that goes.</summary>
    internal static bool IsRead(RequestSessions sessions, FuelSessionsOptions options) =>
        options.PostFieldName is not null && sessions.Context.Features.Get<RequestForm>() is { _isRead: true };

    /// <summary>From here on it is known whether the app reads the body itself.</summary>
    internal static void Watch(RequestSessions sessions)
    {
        if (sessions.Profiles.HasFormField && sessions.Context.Request.HasFormContentType)
        {
            Of(sessions.Context)._body ??= WatchedBody.Watch(sessions.Context.Request);
        }
    }

    /// <summary>Whether the form is to be looked into for the session of those settings, and was not yet.</summary>
    internal static bool IsNeeded(RequestSessions sessions, FuelSessionsOptions options) =>
        ChannelReader.MayHaveForm(sessions.Context, options) && sessions.Use.ReadForm && sessions.Find(options.CookieName) is null or { IsHandedOut: false, SawForm: false };

    /// <summary>Looks into it if that is needed. What was forged without it is forged anew.</summary>
    internal static async ValueTask ReadAsync(RequestSessions sessions, FuelSessionsOptions options)
    {
        if (!IsNeeded(sessions, options))
        {
            return;
        }

        await Of(sessions.Context).ReadAsync().ConfigureAwait(false);
        lock (sessions)
        {
            // Unless other code of the request, which waited for the form as well, was given one by now.
            if (sessions.Find(options.CookieName) is { IsHandedOut: false, SawForm: false } unaware)
            {
                sessions.Remove(unaware);
            }
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

    // So few requests have one that it is none of those fields that each request pays for.
    private static RequestForm Of(HttpContext context)
    {
        if (context.Features.Get<RequestForm>() is not { } form)
        {
            context.Features.Set(form = new RequestForm(context));
        }

        return form;
    }

    // Unless something has begun to read the body itself: that goes on with it, and if it has read a form, that is known.
    private async ValueTask ReadAsync()
    {
        if (!_isRead && _body is not { HasBegun: true })
        {
            await ReadAndRewindAsync().ConfigureAwait(false);
        }

        _isRead = true;
    }

    private async ValueTask ReadAndRewindAsync()
    {
        try
        {
            // The endpoint may read the body too, as it came.
            context.Request.EnableBuffering();
            await context.Request.ReadFormAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A broken form is the endpoint's to report, which gets the same error when it reads it. Of whatever type: the framework has one more for a charset that .NET refuses.
        }

        if (context.Request.Body is { CanSeek: true } body)
        {
            body.Position = 0;
        }
    }
}
