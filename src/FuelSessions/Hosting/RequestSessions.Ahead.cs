using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>What is read before it is asked for: sessions that the endpoint will use, and before them the form that may hold an id [C4].</summary>
internal sealed partial class RequestSessions
{
    private RequestForm? _form;

    /// <summary>From here on it is known whether the app reads a form's body itself.</summary>
    internal void WatchBody()
    {
        if (profiles.HasFormField && context.Request.HasFormContentType)
        {
            (_form ??= new RequestForm(context)).Watch();
        }
    }

    /// <summary>Reads the sessions that the endpoint names, or that its code has used before, and those that any request keeps alive.</summary>
    internal ValueTask PrefetchAsync()
    {
        ValueTask named = PrefetchNamedAsync();
        return Use.Touched is [] ? named : AndKeepAliveAsync(named);
    }

    /// <summary>A driver's session, read for who asks only whom it belongs to: that is no use of it. Null where there is none.</summary>
    internal async ValueTask<SessionTransaction?> LookAsync(string? driver)
    {
        ThrowIfOver();
        if (!IsEnabled)
        {
            return null;
        }

        FuelSessionsOptions options = profiles.ForOrDefault(driver);
        await ReadFormAsync(options).ConfigureAwait(false);
        Session session = (Find(options.CookieName) ?? Add(options)).Session;
        if (session.Driver != options.Driver)
        {
            return null;
        }

        await session.Transaction.LookAsync().ConfigureAwait(false);
        return session.Transaction;
    }

    private async ValueTask AndKeepAliveAsync(ValueTask named)
    {
        await named.ConfigureAwait(false);
        foreach (FuelSessionsOptions options in Use.Touched)
        {
            // Without looking into a form: who uses the session does that.
            await (Find(options.CookieName) ?? Add(options)).Session.Transaction.KeepAliveAsync().ConfigureAwait(false);
        }
    }

    private ValueTask PrefetchNamedAsync()
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
        Use.ReadForm && ChannelReader.MayHaveForm(context, options) && Find(options.CookieName) is null or { IsHandedOut: false, SawForm: false };

    private async ValueTask ReadFormAsync(FuelSessionsOptions options)
    {
        if (!NeedsForm(options))
        {
            return;
        }

        await (_form ??= new RequestForm(context)).ReadAsync().ConfigureAwait(false);
        if (Find(options.CookieName) is { } unaware)
        {
            _entries.Remove(unaware);
        }
    }
}
