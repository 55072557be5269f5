using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// The sessions of one request: forged when they are asked for, saved together, and announced to the client. This file: what the app's code
/// asks for. The other parts: which sessions there are, what is read ahead, how they are saved, and how they end.
/// </summary>
internal sealed partial class RequestSessions(HttpContext context, SessionServices services, SessionProfiles profiles, Endpoint? endpoint, EndpointUse use) : ISessionStore, IRequestBoundary
{
    private Endpoint? _endpoint = endpoint;
    private long _endingsBefore = services.Engine.Endings.Count;
    private long _beganTicks = services.Clock.GetUtcNow().UtcTicks;
    private EndpointUse _use = use;

    public (long Endings, DateTimeOffset Time)? Began => (_endingsBefore, new DateTimeOffset(_beganTicks, TimeSpan.Zero));

    public bool HeadersSent => context.Response.HasStarted;

    public bool IsSpeculative => Speculation.IsIn(context.Request.Headers);

    public ClientIdentity Client => new(context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress);

    public Exception? RefuseNew(string driver, FuelSessionsOptions options) => services.HomeOf(driver).Arrivals.Refuse(context.Connection.RemoteIpAddress, options);

    public Session Current
    {
        get
        {
            ThrowIfOver();

            // To look at a session that was closed is not to forge it again.
            FuelSessionsOptions options = profiles.ForOrDefault(null);
            return Instance(options.CookieName) is { } session && session.Driver == options.Driver ? session : Forge();
        }
    }

    internal SessionDiagnostics Diagnostics => services.Engine.Diagnostics;

    /// <summary>Whether <c>HttpContext.Session</c> is served from the default session.</summary>
    internal bool EmulatesNative => profiles.NativeEmulation;

    /// <summary>Whether the endpoint has not opted out.</summary>
    internal bool IsEnabled => Use.Enabled;

    /// <summary>The request's sessions, which code in front of the middleware may use as well: it goes on with the same ones.</summary>
    internal static RequestSessions Of(HttpContext context, SessionServices services)
    {
        if (AmbientSessions.Find() is { } ambient && ambient.IsOf(context))
        {
            return ambient;
        }

        if (context.Features.Get<RequestSessions>() is not { } sessions)
        {
            Endpoint? endpoint = context.GetEndpoint();
            SessionProfiles profiles = services.Profiles;
            sessions = new RequestSessions(context, services, profiles, endpoint, profiles.UseOf(endpoint));
            context.Features.Set(sessions);
        }

        return sessions;
    }

    /// <summary>This request has just ended all sessions of a principal itself: what it signs in from here on stays.</summary>
    internal void HasEndedAll() => (_endingsBefore, _beganTicks) = (services.Engine.Endings.Count, services.Clock.GetUtcNow().UtcTicks);

    internal bool IsOf(HttpContext other) => ReferenceEquals(other, context);

    // Looked at each time: routing may come later in the pipeline than this app's sessions do.
    private EndpointUse Use
    {
        get
        {
            Endpoint? present = context.GetEndpoint();
            if (!ReferenceEquals(present, _endpoint))
            {
                (_endpoint, _use) = (present, profiles.UseOf(present));
            }

            return _use;
        }
    }

    public Session? Instance(string cookieName)
    {
        ArgumentNullException.ThrowIfNull(cookieName);
        ThrowIfOver();
        return Find(cookieName) is { IsHandedOut: true } entry ? entry.Session : null;
    }

    public Session Forge(string? driver = null)
    {
        FuelSessionsOptions options = profiles.ForOrDefault(driver);
        ReadForm(options);
        return HandOut(options, isCustom: false);
    }

    public Session Forge(Action<FuelSessionsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return ForgeCustom(profiles.Changed(configure));
    }

    public Session Forge(IReadOnlyDictionary<string, object?> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return ForgeCustom(profiles.Changed(settings));
    }

    public Task<Session> ForgeAsync(string? driver = null, CancellationToken cancellationToken = default) =>
        ForgeAsync(profiles.ForOrDefault(driver), isCustom: false, cancellationToken);

    public Task<Session> ForgeAsync(Action<FuelSessionsOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return ForgeAsync(profiles.Changed(configure), isCustom: true, cancellationToken);
    }

    public Task<Session> ForgeAsync(IReadOnlyDictionary<string, object?> settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return ForgeAsync(profiles.Changed(settings), isCustom: true, cancellationToken);
    }

    /// <summary>This request's session of a driver, forged and read if it was not yet; one that was closed stays closed.</summary>
    internal async ValueTask<Session> UseAsync(string? driver, CancellationToken cancellationToken)
    {
        FuelSessionsOptions options = profiles.ForOrDefault(driver);
        if (Instance(options.CookieName) is not { } session || session.Driver != options.Driver)
        {
            return await ForgeAsync(driver, cancellationToken).ConfigureAwait(false);
        }

        await session.Transaction.UseAsync().ConfigureAwait(false);
        return session;
    }

    /// <summary>This request's use of the session with that key, or of the one it has begun instead; null if it uses neither.</summary>
    internal SessionTransaction? Transaction(string driver, SessionKey key)
    {
        for (SessionEntry? entry = _entries.First; entry is not null; entry = entry.Next)
        {
            SessionTransaction transaction = entry.Session.Transaction;
            if (transaction.IsUsed && transaction.Driver == driver && (transaction.Key == key || transaction.IsEnding(key)))
            {
                return transaction;
            }
        }

        return null;
    }

    internal string CreateToken(SessionTransaction transaction)
    {
        FuelSessionsOptions options = transaction.Options;
        SessionHome home = services.HomeOf(transaction.Driver);
        if (home.IsCarried)
        {
            throw new InvalidOperationException("The cookie driver keeps nothing at the server that a token could stand for. Use another driver for clients without cookies.");
        }

        transaction.TokenMade();
        return home.Protector.ProtectToken(
            transaction.Key,
            transaction.TokenSecret(),
            services.Clock.GetUtcNow() + (options.TokenLifetime ?? options.ExpirationTime),
            options.BoundName);
    }

    /// <summary>The default session, read.</summary>
    internal ValueTask<Session> BindAsync() => LoadedAsync(profiles.ForOrDefault(null), isCustom: false);

    private async Task<Session> ForgeAsync(FuelSessionsOptions options, bool isCustom, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await LoadedAsync(options, isCustom).ConfigureAwait(false);
    }

    private async ValueTask<Session> LoadedAsync(FuelSessionsOptions options, bool isCustom)
    {
        ThrowIfOver();
        await ReadFormAsync(options).ConfigureAwait(false);
        Session session = HandOut(options, isCustom);
        await session.Transaction.UseAsync().ConfigureAwait(false);
        return session;
    }

    private Session ForgeCustom(FuelSessionsOptions options)
    {
        ReadForm(options);
        return HandOut(options, isCustom: true);
    }
}
