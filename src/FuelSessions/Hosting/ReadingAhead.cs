using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>What is read before it is asked for: the sessions that the endpoint will use, and those that any request keeps alive [W7].</summary>
internal static class ReadingAhead
{
    /// <summary>Reads the sessions that the endpoint names, or that its code has used before, and those that any request keeps alive.</summary>
    internal static ValueTask ReadAsync(RequestSessions sessions, EndpointUse use)
    {
        IReadOnlyList<FuelSessionsOptions> wanted = use.Sessions;
        ValueTask named = wanted.Count switch
        {
            0 => default,
            1 => ReadAsync(sessions, wanted[0]),
            _ => ReadAsync(sessions, wanted),
        };
        return use.Touched is [] ? named : AndKeepAliveAsync(sessions, use, named);
    }

    /// <summary>A driver's session, read for who asks only whom it belongs to: that is no use of it. Null where there is none.</summary>
    internal static async ValueTask<SessionTransaction?> LookAsync(RequestSessions sessions, string? driver)
    {
        sessions.ThrowIfOver();
        if (!sessions.Use.Enabled)
        {
            return null;
        }

        FuelSessionsOptions options = sessions.Profiles.ForOrDefault(driver);
        await RequestForm.ReadAsync(sessions, options).ConfigureAwait(false);
        Session session = Forging.FindOrBegin(sessions, options).Session;
        if (session.Driver != options.Driver)
        {
            return null;
        }

        await session.Transaction.LookAsync().ConfigureAwait(false);
        return session.Transaction;
    }

    private static async ValueTask AndKeepAliveAsync(RequestSessions sessions, EndpointUse use, ValueTask named)
    {
        await named.ConfigureAwait(false);
        foreach (FuelSessionsOptions options in use.Touched)
        {
            // Without looking into a form: who uses the session does that.
            await Forging.FindOrBegin(sessions, options).Session.Transaction.KeepAliveAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask ReadAsync(RequestSessions sessions, IReadOnlyList<FuelSessionsOptions> wanted)
    {
        var reads = new Task[wanted.Count];
        for (int i = 0; i < reads.Length; i++)
        {
            reads[i] = ReadAsync(sessions, wanted[i]).AsTask();
        }

        await Task.WhenAll(reads).ConfigureAwait(false);
    }

    private static ValueTask ReadAsync(RequestSessions sessions, FuelSessionsOptions options) =>
        !options.AutoInitialize ? default
            : RequestForm.IsNeeded(sessions, options) ? ReadAfterFormAsync(sessions, options)
            : ReadRecordAsync(sessions, options);

    private static async ValueTask ReadAfterFormAsync(RequestSessions sessions, FuelSessionsOptions options)
    {
        await RequestForm.ReadAsync(sessions, options).ConfigureAwait(false);
        await ReadRecordAsync(sessions, options).ConfigureAwait(false);
    }

    private static ValueTask ReadRecordAsync(RequestSessions sessions, FuelSessionsOptions options) =>
        Forging.FindOrBegin(sessions, options).Session.Transaction.PrefetchAsync();
}
