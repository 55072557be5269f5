using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>A request's form, which is looked into for an id without being taken from the endpoint [C4].</summary>
internal sealed class RequestForm(HttpContext context)
{
    private WatchedBody? _body;

    /// <summary>Whether it was looked into, as far as that goes.</summary>
    internal bool IsRead { get; private set; }

    /// <summary>From here on it is known whether the app reads the body itself.</summary>
    internal void Watch() => _body ??= WatchedBody.Watch(context.Request);

    /// <summary>Reads it, unless something has begun to read the body itself: that goes on with it, and if it has read a form, that is known.</summary>
    internal async ValueTask ReadAsync()
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
