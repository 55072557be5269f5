using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>The sessions of one request: forged when they are asked for, saved together, and announced to the client.</summary>
internal sealed class RequestSessions(HttpContext context, SessionServices services, Endpoint? endpoint, EndpointUse use) : ISessionStore, IRequestBoundary
{
    // Nearly always one, so each knows the next: no list is made for it.
    private Entry? _first;
    private int _depth;
    private bool _isRegistered;
    private bool _isAnnounced;
    private bool _isOver;

    // What the cookies of the response were when everything had been saved and announced, and whether that still is so.
    private StringValues _announced;
    private bool _isCurrent;
    private Endpoint? _endpoint = endpoint;
    private EndpointUse _use = use;

    public bool HeadersSent => context.Response.HasStarted;

    /// <summary>Whether a session is used that is to be saved before the headers go out.</summary>
    internal bool HasUnsaved => !HeadersSent && IsAnyUsed();

    public bool IsSpeculative => Speculation.IsIn(context.Request.Headers);

    public ClientIdentity Client => new(context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress);

    public Session Current
    {
        get
        {
            ThrowIfOver();

            // To look at a session that was closed is not to forge it again.
            FuelSessionsOptions options = services.Profiles.ForOrDefault(null);
            return Instance(options.CookieName) is { } session && session.Driver == options.Driver ? session : Forge();
        }
    }

    /// <summary>Whether a session was asked for, or read ahead.</summary>
    internal bool HasAny => _first is not null;

    internal bool IsOf(HttpContext other) => ReferenceEquals(other, context);

    // Looked at each time: routing may come later in the pipeline than this app's sessions do.
    private EndpointUse Use
    {
        get
        {
            Endpoint? present = context.GetEndpoint();
            if (!ReferenceEquals(present, _endpoint))
            {
                (_endpoint, _use) = (present, services.UseOf(present));
            }

            return _use;
        }
    }

    /// <summary>The pipeline, or a part of it that runs once more, begins to use these sessions.</summary>
    internal void Enter()
    {
        _depth++;
        if (_isRegistered)
        {
            return;
        }

        // Before anything that the app registers: the response's callbacks run in reverse order, and one of them may be what changes the session.
        _isRegistered = true;
        if (!HeadersSent)
        {
            AnnounceOnStarting();
        }

        context.Response.OnCompleted(
            static state =>
            {
                ((RequestSessions)state).End();
                return Task.CompletedTask;
            },
            this);
    }

    /// <summary>It has run. Where the response has not started, callbacks of the app may still come.</summary>
    internal void Leave()
    {
        if (--_depth == 0 && HeadersSent)
        {
            End();
        }
    }

    // Also saves what reached the server past this middleware's response body, such as an upgrade.
    private void AnnounceOnStarting() => context.Response.OnStarting(static state => ((RequestSessions)state).AnnounceAsync(), this);

    /// <inheritdoc/>
    public void OnUnsaved()
    {
        _isCurrent = false;

        // A callback that runs after ours: servers run what is added meanwhile as well.
        if (_isAnnounced && !HeadersSent)
        {
            _isAnnounced = false;
            AnnounceOnStarting();
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
        FuelSessionsOptions options = services.Profiles.ForOrDefault(driver);
        ReadForm(options);
        return HandOut(options, isCustom: false);
    }

    public Session Forge(Action<FuelSessionsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return ForgeCustom(services.Profiles.Changed(configure));
    }

    public Session Forge(IReadOnlyDictionary<string, object?> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return ForgeCustom(services.Profiles.Changed(settings));
    }

    public Task<Session> ForgeAsync(string? driver = null, CancellationToken cancellationToken = default) =>
        ForgeAsync(services.Profiles.ForOrDefault(driver), isCustom: false, cancellationToken);

    public Task<Session> ForgeAsync(Action<FuelSessionsOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return ForgeAsync(services.Profiles.Changed(configure), isCustom: true, cancellationToken);
    }

    public Task<Session> ForgeAsync(IReadOnlyDictionary<string, object?> settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return ForgeAsync(services.Profiles.Changed(settings), isCustom: true, cancellationToken);
    }

    /// <summary>This request's session of a driver, forged and read if it was not yet; one that was closed stays closed.</summary>
    internal async ValueTask<Session> UseAsync(string? driver, CancellationToken cancellationToken)
    {
        FuelSessionsOptions options = services.Profiles.ForOrDefault(driver);
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
        for (Entry? entry = _first; entry is not null; entry = entry.Next)
        {
            SessionTransaction transaction = entry.Session.Transaction;
            if (transaction.IsUsed && transaction.Driver == driver && (transaction.Key == key || transaction.IsEnding(key)))
            {
                return transaction;
            }
        }

        return null;
    }

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

    /// <summary>Saves what there is to save, before the first byte of the response goes out.</summary>
    /// <exception cref="SessionStoreException">One could not be saved. The others were.</exception>
    /// <param name="body">Lets out then what it has held back.</param>
    internal ValueTask SaveBeforeHeadersAsync(SavingResponseBody body) => SaveAsync(static _ => true, body);

    /// <summary>Saves what was changed since then.</summary>
    internal ValueTask SaveAtEndAsync() => SaveAsync(static _ => true);

    /// <summary>The endpoint threw: its changes are dropped, unless the settings say otherwise.</summary>
    internal async ValueTask EndWithErrorAsync(Exception thrown)
    {
        try
        {
            await SaveAsync(static session => session.Transaction.Options.SaveOnError).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw new AggregateException("The request failed, and so did saving its sessions (SaveOnError).", thrown, error);
        }
        finally
        {
            for (Entry? entry = _first; entry is not null; entry = entry.Next)
            {
                entry.Session.Transaction.Discard();
            }
        }
    }

    internal string CreateToken(SessionTransaction transaction)
    {
        FuelSessionsOptions options = transaction.Options;
        SessionHome home = services.HomeOf(transaction.Driver);
        if (home.IsCarried)
        {
            throw new InvalidOperationException("The cookie driver keeps nothing at the server that a token could stand for. Use another driver for clients without cookies.");
        }

        return home.Protector.ProtectToken(
            transaction.Key,
            transaction.Epoch,
            services.Clock.GetUtcNow() + (options.TokenLifetime ?? options.ExpirationTime),
            options.CookieName);
    }

    /// <summary>The default session, read.</summary>
    internal ValueTask<Session> BindAsync() => LoadedAsync(services.Profiles.ForOrDefault(null), isCustom: false);

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

    private Session HandOut(FuelSessionsOptions options, bool isCustom)
    {
        ThrowIfOver();
        Entry? entry = Find(options.CookieName);
        if (entry is { IsHandedOut: false } && (entry.Session.Driver != options.Driver || Difference(entry, options, isCustom) is not null))
        {
            // Read ahead for what another request wanted; this one wants something else.
            Remove(entry);
            entry = null;
        }

        if (entry is null)
        {
            entry = Add(options);
        }
        else if (entry.Session.Driver != options.Driver)
        {
            throw new InvalidOperationException(
                $"This request has a session of driver '{entry.Session.Driver}' under the cookie name '{options.CookieName}'; it can't be used for driver '{options.Driver}' too. Give one of them another CookieName.");
        }
        else if (Difference(entry, options, isCustom) is { } setting)
        {
            throw new InvalidOperationException(
                $"This request has forged the session with the cookie name '{options.CookieName}' before, with another '{setting}'. Forge it with the same settings, or change it with SetConfig.");
        }

        if (options.PreventSharedCaching)
        {
            SharedCaches.ForbidOutputCache(context);
        }

        entry.IsHandedOut = true;
        entry.Session.Transaction.MarkUsed();
        entry.Session.Transaction.Reopen();
        Use.Learn(options);
        return entry.Session;
    }

    private static string? Difference(Entry entry, FuelSessionsOptions options, bool isCustom) =>
        isCustom ? SessionProfiles.Difference(entry.Session.Forged, options) : null;

    private Entry Add(FuelSessionsOptions options)
    {
        SessionHome home = services.HomeOf(options.Driver);
        ChannelReader.Arrival arrival = ChannelReader.Read(context, options, home.Protector, home.IsCarried);
        CarriedRecord? carried = home.IsCarried ? new CarriedRecord(arrival.Record, services.Clock) : null;
        SessionStorage storage = carried is null ? home.Storage! : home.Carried(carried);
        var transaction = new SessionTransaction(services.Engine, storage, options, this, arrival.Id, arrival.Others, Use.ReadOnly);
        var entry = new Entry(new Session(this, transaction, options), arrival.Channel, carried);
        Append(entry);
        return entry;
    }

    private Entry? Find(string cookieName)
    {
        Entry? entry = _first;
        while (entry is not null && !string.Equals(entry.Session.CookieName, cookieName, StringComparison.Ordinal))
        {
            entry = entry.Next;
        }

        return entry;
    }

    private bool IsAnyUsed()
    {
        Entry? entry = _first;
        while (entry is not null && !entry.Session.Transaction.IsUsed)
        {
            entry = entry.Next;
        }

        return entry is not null;
    }

    private void Append(Entry added)
    {
        ref Entry? end = ref _first;
        while (end is not null)
        {
            end = ref end.Next;
        }

        end = added;
    }

    private void Remove(Entry removed)
    {
        ref Entry? place = ref _first;
        while (place != removed)
        {
            place = ref place!.Next;
        }

        place = removed.Next;
    }

    // One session's failure keeps no other from being saved [D16].
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveAsync(Func<Session, bool> isWanted, SavingResponseBody? body = null)
    {
        List<Exception>? errors = null;
        for (Entry? entry = _first; entry is not null; entry = entry.Next)
        {
            SessionTransaction transaction = entry.Session.Transaction;
            if (!transaction.IsUsed || !isWanted(entry.Session))
            {
                continue;
            }

            try
            {
                await transaction.SaveAsync(explicitly: false).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                transaction.Discard();
                (errors ??= []).Add(error);
            }
        }

        if (errors is not null)
        {
            throw errors.Count == 1 ? Rethrown(errors[0]) : new AggregateException("Several sessions could not be saved.", errors);
        }

        AnnounceSaved();
        body?.Release();

        static Exception Rethrown(Exception error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            return error;
        }
    }

    private Task AnnounceAsync()
    {
        if (_first is not null)
        {
            return SaveAndAnnounceAsync();
        }

        Announced();
        return Task.CompletedTask;
    }

    private async Task SaveAndAnnounceAsync()
    {
        await SaveAsync(static _ => true).ConfigureAwait(false);
        Announced();
    }

    private void Announced()
    {
        _isAnnounced = true;
        if (_depth == 0)
        {
            End();
        }
    }

    // At once, for middleware that looks at the headers before the server does, and again when the server starts the response: an error page
    // may have cleared them.
    private void AnnounceSaved()
    {
        if (HeadersSent)
        {
            return;
        }

        bool isThere = _isCurrent && context.Response.Headers.SetCookie == _announced;
        for (Entry? entry = _first; entry is not null; entry = entry.Next)
        {
            Announce(entry, isThere);
        }

        _announced = context.Response.Headers.SetCookie;
        _isCurrent = true;
    }

    // The server takes this context for another request now.
    private void End()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        for (Entry? entry = _first; entry is not null; entry = entry.Next)
        {
            entry.Session.Transaction.End();
        }
    }

    private void ThrowIfOver()
    {
        if (_isOver)
        {
            throw EndedRequest.Exception();
        }
    }

    // The id goes back the way it came; a new one by whatever is configured [C2].
    private void Announce(Entry entry, bool isThere)
    {
        SessionTransaction transaction = entry.Session.Transaction;
        FuelSessionsOptions options = transaction.Options;
        if (entry.IsHandedOut && options.PreventSharedCaching)
        {
            SharedCaches.Forbid(context, options);
        }

        bool byCookie = !isThere && options.EnableCookie && entry.Channel is Channel.Cookie or Channel.None;
        bool byHeader = options.HeaderName is not null && entry.Channel is Channel.Header or Channel.None;
        SessionId? toSend = entry.Carried is { Changed: true, Record: not null } ? transaction.CurrentId : transaction.IdToSend;
        if (toSend is { } id && (byCookie || byHeader))
        {
            string value = Text(entry, id);
            if (byCookie)
            {
                SessionCookie.Set(context, options, value, transaction.Lifetime, inChunks: entry.Carried is not null);
            }

            if (byHeader)
            {
                context.Response.Headers[options.HeaderName!] = value;
                SessionCookie.ForbidStorage(context);
            }
        }
        else if (transaction.IdToWithdraw && byCookie && entry.Channel == Channel.Cookie)
        {
            SessionCookie.Delete(context, options, inChunks: entry.Carried is not null);
        }
    }

    // A cookie that only has to live longer goes back as it came.
    private string Text(Entry entry, SessionId id)
    {
        FuelSessionsOptions options = entry.Session.Transaction.Options;
        IdProtector protector = services.HomeOf(options.Driver).Protector;
        return entry.Carried?.Record is { } record ? protector.ProtectRecord(id, record, entry.Session.CookieName)
            : !options.EncryptCookie ? id.Encode()
            : (entry.Session.Forged.EncryptCookie ? entry.TextOf(id) : null) ?? protector.ProtectId(id, entry.Session.CookieName);
    }

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

    private sealed class Entry(Session session, Channel channel, CarriedRecord? carried)
    {
        internal Entry? Next;

        internal Session Session { get; } = session;

        /// <summary>How the client's id came in.</summary>
        internal Channel Channel { get; } = channel;

        internal CarriedRecord? Carried { get; } = carried;

        /// <summary>Whether the app's code has asked for it; otherwise it was only read ahead.</summary>
        internal bool IsHandedOut { get; set; }

        /// <summary>The text that the client sent for that id; null if it sent another one.</summary>
        internal string? TextOf(SessionId id) => Session.Transaction.TextOf(id);
    }
}
