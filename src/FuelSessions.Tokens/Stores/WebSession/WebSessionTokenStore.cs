using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Stores.WebSession;

/// <summary>
/// In one variable of a session's record: a map with one entry for each client and identity. Reads and writes the record through its
/// driver, past the request's own session, which then merges its changes with what was written as with any other writer's [W2].
/// </summary>
internal sealed class WebSessionTokenStore : ITokenStore
{
    internal const string Variable = "oauth_tokens";

    private readonly SessionServices _sessions;
    private readonly DriverRegistry _drivers;
    private readonly string? _driver;
    private readonly ILogger _logger;

    private WebSessionTokenStore(SessionServices sessions, DriverRegistry drivers, string? driver, ILogger logger)
    {
        _sessions = sessions;
        _drivers = drivers;
        _driver = driver;
        _logger = logger;
    }

    /// <exception cref="InvalidOperationException">There are no sessions, or none of a driver that can keep tokens.</exception>
    internal static WebSessionTokenStore Create(IServiceProvider services, TokenStoreContext context, string? driver)
    {
        SessionServices sessions = services.GetService<SessionServices>()
            ?? throw new InvalidOperationException(
                $"The tokens of client '{context.Client}' are to be kept in the web session, and there are no sessions. Call services.AddFuelSessions().");
        var store = new WebSessionTokenStore(
            sessions, services.GetRequiredService<DriverRegistry>(), driver, context.Loggers.CreateLogger("FuelSessions.Tokens"));
        FuelSessionsOptions options = sessions.Profiles.ForOrDefault(driver);
        return sessions.HomeOf(options.Driver).IsCarried ? throw store.Unable(context.Client, options.Driver) : store;
    }

    public async ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FuelSessionsOptions options = OptionsOf(key);
        SessionKey session = SessionOwner.Parse(key, options.Driver);
        SessionTransaction? request = SessionOwner.InThisRequest(options.Driver, session);
        return (request is null || (!IsLostTo(request, session) && request.State != SessionState.New))
            && await LiveAsync(session, options).ConfigureAwait(false) is { } record
            && request?.IsShutOutBy(record) is not true
            && new VariableMap(record.Data).TryGet(PathOf(key), out ReadOnlyMemory<byte> json)
                ? StoredTokenJson.Decode(json.Span)
                : null;
    }

    public async ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FuelSessionsOptions options = OptionsOf(key);
        SessionKey session = SessionOwner.Parse(key, options.Driver);
        SessionTransaction? request = SessionOwner.InThisRequest(options.Driver, session);
        if (request is not null && IsLostTo(request, session))
        {
            return next is null ? true : throw NotItsOwn(key);
        }

        if (request?.ReadOnlyByBinding is { } refusal)
        {
            throw refusal;
        }

        if (request is { State: SessionState.New })
        {
            if (next is null || version != 0)
            {
                return version == 0;
            }

            await BeginAsync(request).ConfigureAwait(false);
        }

        SessionStorage storage = StorageOf(options);
        StoreDeadline deadline = StoreDeadline.Start(options.StoreTimeout);
        CommitQueue.Turn? turn = null;
        SessionRecord? stored = null;
        try
        {
            turn = await _sessions.Engine.Commits.EnterAsync(session, deadline.Token).ConfigureAwait(false);
            SessionRecord? basis = await LiveAsync(session, options).ConfigureAwait(false);
            for (int attempt = 1; ; attempt++)
            {
                if (basis is null)
                {
                    return Gone(key, session, next);
                }

                if (request?.IsShutOutBy(basis) is true)
                {
                    return next is null ? true : throw NotItsOwn(key);
                }

                if (Draft(basis, options, PathOf(key), version, next) is not { } draft)
                {
                    return false;
                }

                WriteResult result = await storage.WriteAsync(draft, options.StoreTimeout, deadline).ConfigureAwait(false);
                if (result.IsWritten)
                {
                    stored = draft;
                    request?.KeepThroughClear(PathOf(key));
                    return true;
                }

                basis = result.Winner;
                if (basis is not null)
                {
                    _sessions.Engine.Diagnostics.Conflict(options.Driver, session, attempt);
                    await _sessions.Engine.PauseAsync(attempt, deadline.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException error)
        {
            throw await storage.FailureAsync("saved", session, options.StoreTimeout, deadline, error).ConfigureAwait(false);
        }
        finally
        {
            turn?.Leave(stored);
        }
    }

    public Exception? RefusalOf(TokenKey key)
    {
        FuelSessionsOptions options = OptionsOf(key);
        return SessionOwner.InThisRequest(options.Driver, SessionOwner.Parse(key, options.Driver))?.ReadOnlyByBinding;
    }

    // As the request goes by them: which driver is the default, and what it is set to, may have changed since the app started.
    private FuelSessionsOptions OptionsOf(TokenKey key)
    {
        FuelSessionsOptions options = (AmbientSessions.Find()?.Profiles ?? _sessions.Profiles).ForOrDefault(_driver);
        return _sessions.HomeOf(options.Driver).IsCarried ? throw Unable(key.Client, options.Driver) : options;
    }

    private SessionStorage StorageOf(FuelSessionsOptions options) => _sessions.HomeOf(options.Driver).Storage!;

    private static VariablePath PathOf(TokenKey key) => VariablePath.Verbatim(Variable, TokenName.WithinOwner(key));

    private static bool IsLostTo(SessionTransaction request, SessionKey session) =>
        request.State is SessionState.Detached or SessionState.Destroyed || request.IsEnding(session);

    // A session without content is not stored; one with a place for tokens is.
    private static async ValueTask BeginAsync(SessionTransaction request)
    {
        request.Apply(new SetVariable(VariablePath.Whole(Variable), "{}"u8.ToArray()));
        await request.SaveAsync(explicitly: true).ConfigureAwait(false);
    }

    private async ValueTask<SessionRecord?> LiveAsync(SessionKey session, FuelSessionsOptions options)
    {
        try
        {
            return await StorageOf(options).ReadAsync(session, options.StoreTimeout).ConfigureAwait(false) is { } record
                && !ExpiryPolicy.IsOver(record, _sessions.Clock.GetUtcNow(), options) ? record : null;
        }
        catch (SessionRecordFormatException)
        {
            // Not to be repaired from here; the request that comes with it is told, and gets another session [F3].
            return null;
        }
    }

    // The record with that entry replaced and everything else as it is; null if another version of the entry is there.
    private SessionRecord? Draft(SessionRecord basis, FuelSessionsOptions options, VariablePath path, long version, StoredToken? next)
    {
        var data = new VariableMap(basis.Data);
        long stored = data.TryGet(path, out ReadOnlyMemory<byte> json) ? StoredTokenJson.VersionOf(json.Span) : 0;
        if (stored != version)
        {
            return null;
        }

        if (next is not null)
        {
            data.Set(path, StoredTokenJson.Encode(next), lenient: true);
        }
        else
        {
            data.Remove(path);
        }

        ReadOnlyMemory<byte> encoded = data.Encode(stamp: 0);
        long size = (long)encoded.Length + basis.Flash.Length;
        if (next is not null && size > options.MaxPayloadBytes)
        {
            throw SessionTooLargeException.OverMaxPayloadBytes(options.Driver, size, options.MaxPayloadBytes);
        }

        // As any save does it: the end that a request has just moved on must not be moved back [W7].
        DateTimeOffset now = ExpiryPolicy.Milliseconds(_sessions.Clock.GetUtcNow());
        DateTimeOffset expires = ExpiryPolicy.Expires(now, basis.Created, basis.Lifetime, options);
        return basis with
        {
            Version = basis.Version + 1,
            Updated = now,
            Expires = ExpiryPolicy.IsTouchDue(basis, expires, options) ? expires : basis.Expires,
            Data = encoded,
        };
    }

    // Never brought back [W6].
    private bool Gone(TokenKey key, SessionKey session, StoredToken? next)
    {
        if (next is { AccessToken: not null } or { RefreshToken: not null })
        {
            StoreLog.SessionGone(_logger, key.Client, session.Fingerprint);
        }

        return true;
    }

    private InvalidOperationException Unable(string client, string driver) => new(
        $"The tokens of client '{client}' can't be kept in the web session on driver '{driver}': it has no server side, so of two parallel responses the "
        + "last one wins, and a refresh token that was just replaced would be lost with the other. "
        + $"Name a driver that keeps sessions at the server (registered: {string.Join(", ", Able())}) in UseWebSession(...) or as FuelSessions:Driver.");

    private IEnumerable<string> Able() => _drivers.Registrations
        .Where(registration => registration.Create is not null)
        .Select(registration => registration.Name)
        .Order(StringComparer.Ordinal);

    private static InvalidOperationException NotItsOwn(TokenKey key) => new(
        $"A token of client '{key.Client}' can't be stored in this request's session: it is detached, because the client's id was replaced or the store could not be read, or "
        + "this request has destroyed it. Session.Create(), or attaching a principal, begins one that it can be stored in.");
}
