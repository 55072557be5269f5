using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// One request's work on one session: what it read, what it changed, and what became of it. Knows the rules of the
/// protocol; knows neither HTTP nor a particular driver. This file: what it knows. The other parts: how it is loaded, what
/// is in it, how it lives and ends, how it is saved.
/// </summary>
internal sealed partial class SessionTransaction(
    EngineServices services,
    SessionStorage storage,
    FuelSessionsOptions options,
    IRequestBoundary boundary,
    PresentedId? presented,
    PresentedId[]? others,
    bool readOnly)
{
    // Set by whatever begins the transaction: what was loaded, or what is new.
    private readonly FlashVariables _flashAges = new();
    private ChangeList _changes;
    private VariableMap _data = null!;
    private VariableMap _flash = null!;
    private SessionKey _key;
    private SessionRecord? _record;
    private (SessionRecord Record, SessionSecret? Secret)? _stored;
    private Exception? _loadFailure;
    private bool _failureTold;
    private bool _loaded;
    private bool _used;
    private bool _keptAlive;
    private bool _aged;

    // Loaded and aged, and the request is not over: what nearly every use needs to know.
    private bool _ready;
    private bool _closed;
    private bool _saved;
    private bool _over;

    // Whether the app knows that what it has done so far could not be saved; and that the client is to get its id once more.
    private bool _isTold;
    private bool _tellsClientAgain;

    // Whether the session was found by a token, whose holder may learn no id [C6].
    private bool _isByToken;

    // Whether what this request changes is refused, as its session answers to another client only [R11].
    private bool _isRefused;

    // The newest secret known to this request, and what the app is shown of it.
    private SessionSecret? _held;
    private SessionSecret? _shown;
    private SessionSecret? _shownPrevious;
    private Rotation? _rotation;
    private DateTimeOffset _rotated;
    private bool _rotateLater;

    private SessionRecord? _doomed;
    private TimeSpan? _newLifetime;
    private string? _principal;
    private DateTimeOffset _began;

    /// <summary>Replaced as a whole when a setting is changed for this request's session.</summary>
    internal FuelSessionsOptions Options { get; private set; } = options;

    internal string Driver => storage.Name;

    internal SessionState State { get; private set; }

    internal bool BeganHere { get; private set; }

    internal bool WasExpired { get; private set; }

    /// <summary>Whether the session's id goes into the cookie beside the first one, whose session answers to another client [R11].</summary>
    internal bool IsOther { get; private set; }

    internal bool IsUsed => _used;

    /// <summary>Whether there may be something to store when the response goes out.</summary>
    internal bool IsToBeSaved => _used || _keptAlive;

    internal bool IsClosed => _closed;

    internal bool IsLoaded => _loaded;

    /// <summary>Whether the app has seen the failure of what the end of the request tries once more.</summary>
    internal bool IsTold => _isTold;

    internal string? Principal => _principal;

    internal DateTimeOffset Created => _record?.Created ?? _began;

    internal DateTimeOffset Rotated => _rotation is not null ? _rotated : _record?.Rotated ?? _began;

    internal DateTimeOffset Updated => _rotation is not null ? _rotated : _record is { } record ? ExpiryPolicy.LastUse(record, Options) : _began;

    internal ulong? IpHash => boundary.Client.IpHash(_key);

    internal SessionKey Key => _key;

    /// <summary>The key, read if it was not yet.</summary>
    internal SessionKey UsedKey
    {
        get
        {
            UseNow();
            return _key;
        }
    }

    /// <summary>
    /// The id as the app may see it; null once it is destroyed, and for a request that came with a token, which proves
    /// a session and holds no id.
    /// </summary>
    internal SessionId? Id => _shown is { } secret && State != SessionState.Destroyed ? new SessionId(_key, secret) : null;

    /// <summary>The id that is good from now on, as far as it is known.</summary>
    internal SessionId? CurrentId => _held is { } secret ? new SessionId(_key, secret) : null;

    internal SessionId? PreviousId
    {
        get
        {
            if (_shownPrevious is { } shown)
            {
                return new SessionId(_key, shown);
            }

            return _record is { Nonce: { } nonce } record && record.SealedPrevious != UInt128.Zero && _shown is { } current
                && current.Hash().Equals(record.CurrentHash)
                ? new SessionId(_key, current.OpenPrevious(record.SealedPrevious, nonce))
                : Id;
        }
    }

    private bool KeepsFlash => readOnly || boundary.IsSpeculative;

    /// <summary>The request is over: what was done is still to be saved, and whoever kept the session finds it closed for good.</summary>
    internal void End()
    {
        // In turn: a change of another thread is made before this, and saved, or refused.
        lock (Turn)
        {
            _over = true;
            _ready = false;
        }
    }

    private void Unsaved()
    {
        _saved = false;
        boundary.OnUnsaved();
    }

    private void ThrowIfByToken()
    {
        if (_isByToken)
        {
            throw new InvalidOperationException("A request that came with a token can't begin another session: whoever holds a token learns no id. Let the client come with its own id, or with none.");
        }
    }

    internal void ThrowIfOver()
    {
        if (_over)
        {
            throw EndedRequest.Exception();
        }
    }

    private void Empty()
    {
        _data = new VariableMap();
        _flash = new VariableMap();
        _flashAges.Forget();
        DropWishes();
        _principal = null;
        _shownPrevious = null;
        _tokenSecret = null;
    }

    // What this request has asked for, and is stored by now or given up.
    private void DropWishes()
    {
        _changes.Clear();
        _rotation = null;
        _rotateLater = false;
        _newLifetime = null;
    }

    // Every change passes here: what would be lost silently is refused aloud.
    private void BeginChange(bool revive = true, bool ends = false)
    {
        UseNow();
        Unsaved();
        _isTold = false;
        if (_closed && !ends)
        {
            throw new InvalidOperationException("The session was closed; a change would be lost. Forge it again to go on, or close it later.");
        }

        if (readOnly)
        {
            throw new InvalidOperationException("The endpoint uses its session read-only (SessionEndpoint metadata); a change would be lost. Remove the metadata, or don't change the session.");
        }

        if (storage.IsCarried && boundary.HeadersSent)
        {
            throw new InvalidOperationException(
                $"A session of driver '{Driver}' can't be changed after the response headers were sent: they carry its content. Change it before writing the response.");
        }

        if (!revive)
        {
            return;
        }

        if (State is SessionState.New or SessionState.Destroyed && boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        if (State == SessionState.Destroyed)
        {
            ThrowIfByToken();
            BeginNew();
        }
    }

    private static InvalidOperationException TooLate(string what) => new(
        $"A session can't be {what} after the response headers were sent: its id could not reach the client any more. "
        + "Use the session before writing the response.");
}
