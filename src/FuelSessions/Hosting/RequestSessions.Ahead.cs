using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>What is read before it is asked for: sessions that the endpoint will use, and forms that may hold an id [C4].</summary>
internal sealed partial class RequestSessions
{
    /// <summary>Reads the sessions that the endpoint names, or that its code has used before.</summary>
    internal ValueTask PrefetchAsync()
    {
        IReadOnlyList<FuelSessionsOptions> wanted = Use.Sessions;
        return wanted.Count switch
        {
            0 => default,
            1 => PrefetchAsync(wanted[0]),
            _ => PrefetchAsync(wanted),
        };
    }

    private async ValueTask PrefetchAsync(IReadOnlyList<FuelSessionsOptions> wanted)
    {
        var reads = new Task[wanted.Count];
        for (int i = 0; i < reads.Length; i++)
        {
            reads[i] = PrefetchAsync(wanted[i]).AsTask();
        }

        await Task.WhenAll(reads).ConfigureAwait(false);
    }

    private ValueTask PrefetchAsync(FuelSessionsOptions options) =>
        !options.AutoInitialize ? default
            : NeedsForm(options) ? PrefetchAfterFormAsync(options)
            : ReadAheadAsync(options);

    private async ValueTask PrefetchAfterFormAsync(FuelSessionsOptions options)
    {
        await ReadFormAsync(options).ConfigureAwait(false);
        await ReadAheadAsync(options).ConfigureAwait(false);
    }

    private ValueTask ReadAheadAsync(FuelSessionsOptions options) => (Find(options.CookieName) ?? Add(options)).Session.Transaction.PrefetchAsync();

    private void ReadForm(FuelSessionsOptions options)
    {
        ThrowIfOver();
        if (NeedsForm(options))
        {
            ReadFormAsync(options).AsTask().GetAwaiter().GetResult();
        }
    }

    private bool NeedsForm(FuelSessionsOptions options) =>
        Use.ReadForm && ChannelReader.MayHaveForm(context, options) && Find(options.CookieName) is null;

    private async ValueTask ReadFormAsync(FuelSessionsOptions options)
    {
        if (!NeedsForm(options))
        {
            return;
        }

        try
        {
            await context.Request.ReadFormAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or BadHttpRequestException or InvalidOperationException)
        {
            // A broken form is the endpoint's to report, which gets the same error when it reads it [C4].
        }
    }
}
