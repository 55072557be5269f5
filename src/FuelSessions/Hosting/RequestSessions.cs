using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>
/// The sessions of one request, and how they live and end with it. How they are forged (<see cref="Forging"/>), read before they are asked for
/// (<see cref="ReadingAhead"/>, <see cref="RequestForm"/>), saved (<see cref="SavingTogether"/>) and announced (<see cref="Announcing"/>) are rooms of their own.
/// </summary>
internal sealed class RequestSessions(HttpContext context, SessionServices services, EndpointUse use) : ISessionStore, IRequestBoundary
{
    private SessionEntries _entries;
    private PendingEvents? _events;
    private Announcing _announcing;
    private int _depth;
    private bool _awaitsStart;
    private bool _hasFailed;
    private volatile bool _isOver;
    private readonly long _endingsBefore = services.Engine.Endings.Count;
    private readonly long _beganTicks = services.Clock.GetUtcNow().UtcTicks;
    private EndpointUse _use = use;

    public (long Endings, DateTimeOffset Time)? Began(string principal) =>
        context.Features.Get<OwnEndings>()?.TryGetValue(principal, out (long, DateTimeOffset) own) is true ? own : (_endingsBefore, new DateTimeOffset(_beganTicks, TimeSpan.Zero));

    public bool HeadersSent => context.Response.HasStarted;

    public PendingEvents? Events => services.Events.IsWanted ? LazyInitializer.EnsureInitialized(ref _events) : null;

    public bool IsReadOnly => Use.ReadOnly;

    public bool IsSpeculative => Speculation.IsIn(context.Request.Headers);

    public ClientIdentity Client => new(context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress);

    public bool Withholds(SessionTransaction transaction) => Withholding.IsToBeExpected(this, transaction);

    public bool MayHoldBackCookie(FuelSessionsOptions options) => HeldBackCookies.MayBe(context, options);

    public BindingStanding StandingOf(SessionRecord record, FuelSessionsOptions options) => AnnouncedBinding.StandingOf(this, record, options);

    public Exception? RefuseNew(string driver, FuelSessionsOptions options) => services.HomeOf(driver).Arrivals.Refuse(context.Connection.RemoteIpAddress, options);

    public Session Current
    {
        get
        {
            ThrowIfOver();

            // To look at a session that was closed is not to forge it again.
            FuelSessionsOptions options = Profiles.ForOrDefault(null);
            return Known(options) ?? Forge();
        }
    }

    internal HttpContext Context => context;

    /// <summary>Where the middleware stands, below which browsers ask for bound sessions: a branch behind it has another one.</summary>
    internal PathString PathBase => context.Features.Find<Place>()?.PathBase ?? context.Request.PathBase;

    internal bool IsOver => _isOver;

    internal SessionServices Services => services;

    internal SessionProfiles Profiles => _use.Profiles;

    internal SessionDiagnostics Diagnostics => services.Engine.Diagnostics;

    /// <summary>The first session that was asked for, or read ahead; it knows the next.</summary>
    internal SessionEntry? First => _entries.First;

    /// <summary>Whether there is a session that is to be saved before the headers go out.</summary>
    internal bool SavesBeforeHeaders => !HeadersSent && _entries.IsAnyToBeSaved;

    /// <summary>Whether something has happened that the app is still to be told.</summary>
    internal bool HasNews => _events is { IsEmpty: false };

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
            sessions = new RequestSessions(context, services, services.Profiles.UseOf(context.GetEndpoint()));
            context.Features.Set(sessions);
            if (services.Events.IsWanted)
            {
                // The request may end before it comes to the middleware.
                context.Response.OnCompleted(static ended => ((RequestSessions)ended).TellAsync().AsTask(), sessions);
            }
        }

        return sessions;
    }

    /// <summary>This request has just ended all sessions of a principal itself: if it signs them in from here on, that stays.</summary>
    internal void HasEndedAll(string principal)
    {
        OwnEndings endings = context.Features.Get<OwnEndings>() ?? new OwnEndings();
        endings[principal] = (services.Engine.Endings.Count, services.Clock.GetUtcNow());
        context.Features.Set(endings);
    }

    internal bool IsOf(HttpContext other) => ReferenceEquals(other, context);

    /// <summary>How the endpoint uses sessions. Looked at each time: routing may come later in the pipeline than this app's sessions do.</summary>
    internal EndpointUse Use
    {
        get
        {
            Endpoint? present = context.Features.Find<IEndpointFeature>()?.Endpoint;
            return _use.IsOf(present) ? _use : _use = Profiles.UseOf(present);
        }
    }

    public Session? Instance(string cookieName)
    {
        ArgumentNullException.ThrowIfNull(cookieName);
        ThrowIfOver();
        return Find(cookieName) is { IsHandedOut: true } entry ? entry.Session : null;
    }

    public Session Forge(string? driver = null) => Forging.Forge(this, Profiles.ForOrDefault(driver), isCustom: false);

    public Session Forge(Action<FuelSessionsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Forging.Forge(this, Profiles.Changed(configure), isCustom: true);
    }

    public Session Forge(IReadOnlyDictionary<string, object?> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Forging.Forge(this, Profiles.Changed(settings), isCustom: true);
    }

    public Task<Session> ForgeAsync(string? driver = null, CancellationToken cancellationToken = default) =>
        Forging.ForgeAsync(this, Profiles.ForOrDefault(driver), isCustom: false, cancellationToken);

    public Task<Session> ForgeAsync(Action<FuelSessionsOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Forging.ForgeAsync(this, Profiles.Changed(configure), isCustom: true, cancellationToken);
    }

    public Task<Session> ForgeAsync(IReadOnlyDictionary<string, object?> settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Forging.ForgeAsync(this, Profiles.Changed(settings), isCustom: true, cancellationToken);
    }

    // What another endpoint of this request has forged is learned of this one too, so that it is read before that runs the next time.
    private Session? Known(FuelSessionsOptions options)
    {
        if (Instance(options.CookieName) is not { } session || session.Driver != options.Driver)
        {
            return null;
        }

        Use.Learn(options);
        return session;
    }

    /// <summary>This request's session of a driver, forged and read if it was not yet; one that was closed stays closed.</summary>
    internal async ValueTask<Session> UseAsync(string? driver, CancellationToken cancellationToken)
    {
        if (Known(Profiles.ForOrDefault(driver)) is not { } session)
        {
            return await ForgeAsync(driver, cancellationToken).ConfigureAwait(false);
        }

        await session.Transaction.UseAsync().ConfigureAwait(false);
        return session;
    }

    /// <summary>This request's use of the session with that key, or of the one it has begun instead; null if it uses neither.</summary>
    internal SessionTransaction? Transaction(string driver, SessionKey key)
    {
        for (SessionEntry? entry = First; entry is not null; entry = entry.Next)
        {
            SessionTransaction transaction = entry.Session.Transaction;
            if (transaction.IsUsed && transaction.Driver == driver && (transaction.Key == key || transaction.IsEnding(key)))
            {
                return transaction;
            }
        }

        return null;
    }

    internal string CreateToken(SessionTransaction transaction) => services.HomeOf(transaction.Driver).TokenOf(transaction, services.Clock);

    /// <summary>The default session, read.</summary>
    internal ValueTask<Session> BindAsync() => Forging.ForgeAsync(this, Profiles.ForOrDefault(null), isCustom: false);

    internal SessionEntry? Find(string cookieName) => _entries.Find(cookieName);

    internal SessionEntry? EntryOf(SessionTransaction transaction) => _entries.Of(transaction);

    internal void Add(SessionEntry entry)
    {
        _entries.Add(entry);

        // With the one in End: a session that is added meanwhile is found there, or finds this out.
        Interlocked.MemoryBarrier();
        if (_isOver)
        {
            entry.Session.Transaction.End();
            ThrowIfOver();
        }
    }

    internal void Remove(SessionEntry entry) => _entries.Remove(entry);

    /// <summary>The pipeline, or a part of it that runs once more, begins to use these sessions.</summary>
    internal void Enter()
    {
        _depth++;
        if (services.Bindings is not null && context.Features.Find<Place>() is null)
        {
            context.Features.Put(new Place(context.Request.PathBase));
        }

        _hasFailed = false;

        // Before anything that the app registers: the response's callbacks run in reverse order, and one of them may be what changes the session.
        OnUnsaved();
    }

    /// <summary>It has run. Where the response has not started, callbacks of the app may still come.</summary>
    internal void Leave()
    {
        if (--_depth > 0 || _isOver)
        {
            return;
        }

        if (HeadersSent)
        {
            End();
        }
        else
        {
            // The start of the response ends them; or, if it never starts, what the server does before it takes the context for another request.
            context.Response.OnCompleted(static sessions => ((RequestSessions)sessions).EndAsync(), this);
        }
    }

    public void OnUnsaved()
    {
        _announcing.Outdate();

        // Again, where what changes a session is a callback that runs after ours: most servers run what is added meanwhile as well.
        if (!_awaitsStart && !HeadersSent)
        {
            _awaitsStart = true;
            context.Response.OnStarting(static sessions => ((RequestSessions)sessions).SaveAtStartAsync(), this);
        }
    }

    /// <summary>Tells the app what has happened to the sessions, once it is stored.</summary>
    internal ValueTask TellAsync() => _events is { IsEmpty: false } events ? services.Events.TellAsync(events, context.RequestServices) : default;

    internal void Announce() => _announcing.Announce(this);

    /// <summary>The pipeline has run: saves what was changed since the headers went out.</summary>
    internal ValueTask SaveAtEndAsync()
    {
        EndIf(_depth == 1 && HeadersSent);
        ValueTask saving = SavingTogether.SaveAsync(this);
        return saving.IsCompletedSuccessfully && !LacksCookie && !HasNews ? default : ConcludeAsync(saving);
    }

    private async ValueTask ConcludeAsync(ValueTask saving)
    {
        await saving.ConfigureAwait(false);
        await AbandonWithheldAsync().ConfigureAwait(false);
        await TellAsync().ConfigureAwait(false);
    }

    /// <summary>The endpoint threw.</summary>
    internal ValueTask EndWithErrorAsync(Exception thrown)
    {
        EndIf(_depth == 1 && HeadersSent);
        _hasFailed = true;
        return SavingTogether.AfterErrorAsync(this, thrown);
    }

    internal void ThrowIfOver()
    {
        if (_isOver)
        {
            throw EndedRequest.Exception();
        }
    }

    // Also saves what reached the server past this middleware's response body, such as an upgrade.
    private Task SaveAtStartAsync()
    {
        EndIf(_depth == 0);
        ValueTask saving = First is null ? TellAsync() : SavingTogether.SaveAsync(this);
        if (!saving.IsCompletedSuccessfully)
        {
            return StartAfterAsync(saving);
        }

        _awaitsStart = false;
        return Task.CompletedTask;
    }

    private async Task StartAfterAsync(ValueTask saving)
    {
        await saving.ConfigureAwait(false);
        _awaitsStart = false;
    }

    // Before the last save and not after it: a change of another thread is either saved by that, or refused.
    private void EndIf(bool isLast)
    {
        if (isLast && !_isOver)
        {
            End();
        }
    }

    // From here on a change could not be saved, and the context may be another request's.
    private void End()
    {
        _isOver = true;
        Interlocked.MemoryBarrier();
        for (SessionEntry? entry = First; entry is not null; entry = entry.Next)
        {
            entry.Session.Transaction.End();
        }
    }

    private Task EndAsync()
    {
        End();
        return ConcludeAsync(default).AsTask();
    }

    // Without an error page the server clears the headers itself.
    private bool MayLackCookie => (HeadersSent || _isOver) && !_hasFailed;

    // Whether the response has gone out without a cookie that was made for it.
    private bool LacksCookie => MayLackCookie && Withholding.HasHappened(this, _announcing.Cookies);

    private ValueTask AbandonWithheldAsync() => MayLackCookie ? Withholding.AbandonAsync(this, _announcing.Cookies) : default;

    // So few apps bind sessions to devices, and so few requests end a principal's, that neither is one of those fields that each request pays for.
    private sealed record Place(PathString PathBase);

    private sealed class OwnEndings() : System.Collections.Concurrent.ConcurrentDictionary<string, (long Endings, DateTimeOffset Time)>(StringComparer.Ordinal);
}
