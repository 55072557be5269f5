using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// One request's use of one session: holds what is read, what is wanted and what is shown, and has the rooms of the engine decide and store
/// (docs/architecture.md). Knows neither HTTP nor a particular driver. This file: what it holds, and what others may know of it.
/// </summary>
internal sealed partial class SessionTransaction(
    EngineServices services,
    SessionStorage storage,
    FuelSessionsOptions options,
    IRequestBoundary boundary,
    PresentedId? presented,
    PresentedId[]? others)
{
    private SessionVisit _visit = new(services, storage, boundary, presented, others);

    // Code of one request that uses the session from several threads at once takes turns at it: a lock that nobody else wants costs nanoseconds
    // and no memory.
    private readonly SessionContent _content = new();
    private Standing? _standing;
    private Intent _intent = Intent.None;

    // Null: those of the session as it stands.
    private ShownIds? _shown;
    private Answer _answer;
    private Progress _progress;

    /// <summary>Replaced as a whole when a setting is changed for this request's session.</summary>
    internal FuelSessionsOptions Options { get; private set; } = options;

    internal string Driver => _visit.Storage.Name;

    internal SessionStorage Storage => _visit.Storage;

    internal IRequestBoundary Boundary => _visit.Boundary;

    internal SessionState State => _standing?.State ?? SessionState.New;

    internal bool BeganHere => _standing is { BeganHere: true };

    internal bool WasExpired => _progress.Over != Over.No;

    /// <summary>Whether the session's id goes into the cookie beside the first one [R11, R12].</summary>
    internal bool IsOther => _answer.Place != CookiePlace.First;

    /// <summary>Whether it does so because the first one may have been held back [R12].</summary>
    internal bool IsBesideHeldBack => _answer.Place == CookiePlace.BesideHeldBack;

    /// <summary>Whether the app's code was given it.</summary>
    internal bool IsUsed => _progress.Use >= SessionUse.Given;

    /// <summary>Whether there may be something to store when the response goes out.</summary>
    internal bool IsToBeSaved => _progress.Use > SessionUse.None;

    /// <summary>The same, and not all of it is stored yet.</summary>
    internal bool IsUnsaved => IsToBeSaved && !_progress.IsSaved;

    internal bool IsClosed => _progress.IsClosed;

    internal bool IsLoaded => _standing is not null;

    /// <summary>Whether the app has seen the failure of what the end of the request tries once more.</summary>
    internal bool IsTold => _progress.IsTold;

    internal string? Principal => Owner?.Principal;

    internal DateTimeOffset Created => _standing?.Created ?? default;

    internal DateTimeOffset Rotated => _shown?.Rotated ?? _standing?.Record?.Rotated ?? Created;

    internal DateTimeOffset Updated => _shown?.Rotated ?? (_standing?.Record is { } record ? ExpiryPolicy.LastUse(record, Options).Earliest : Created);

    internal ulong? IpHash => _visit.Boundary.Client.IpHash(Key);

    internal SessionKey Key => _standing?.Key ?? default;

    /// <summary>The key, read if it was not yet.</summary>
    internal SessionKey UsedKey
    {
        get
        {
            UseNow();
            return Key;
        }
    }

    /// <summary>The id that the session was found by; of several that lead nowhere, the first.</summary>
    internal PresentedId? Presented => _visit.Presented;

    /// <summary>
    /// The id as the app may see it; null once it is destroyed, and for a request that came with a token, which proves
    /// a session and holds no id.
    /// </summary>
    internal SessionId? Id => Shown.Current is { } secret && State != SessionState.Destroyed ? new SessionId(Key, secret) : null;

    internal SessionId? PreviousId => _standing is { } standing ? Shown.PreviousId(standing) : null;

    /// <summary>The id that is good from now on, as far as it is known.</summary>
    internal SessionId? CurrentId => (_standing ?? _answer.Left)?.Id;

    /// <summary>
    /// The id that must go out with this response; null: none. It is the record's current one, and the store has
    /// accepted it [R5].
    /// </summary>
    internal SessionId? IdToSend => _answer.ToSend?.Id;

    /// <summary>Whether the client's id leads nowhere any more, because this request has destroyed its session.</summary>
    internal bool IdToWithdraw => _answer.Withdraws;

    /// <summary>The binding that ended with what this request did to its session; null: none did. The browser's cookie of it is of no use any more [B6].</summary>
    internal DeviceBinding? EndedBinding => _answer.EndedBinding;

    /// <summary>Whether the last save kept nothing for want of consent.</summary>
    internal bool IsWithheld => _answer.IsWithheld;

    /// <summary>For how long the client is to keep the id [W7].</summary>
    internal TimeSpan Lifetime => ExpiryPolicy.CookieLifetime(_standing?.Record?.Lifetime ?? Options.ExpirationTime, Options);

    private ShownIds Shown => _shown ?? new ShownIds(_standing);

    internal bool Presents(SessionId id) => _visit.Presents(id);

    /// <summary>Whether this request has destroyed that session, which its save is only to remove.</summary>
    internal bool IsEnding(SessionKey key) => _intent.Ends?.Key == key;

    /// <summary>Whether what is stored now is no longer for this request's eyes and hands: another one has revoked the id that it came with.</summary>
    internal bool IsShutOutBy(SessionRecord record) =>
        (_intent.Ends ?? _standing as Kept) is { } read && Overtaking.IsShutOut(read.Record, record, _intent.AttachedTo(read.Record));

    /// <summary>A token was made, whose holder can come back without an id [C6].</summary>
    internal void TokenMade() => _answer.HasToken = true;

    internal void Reopen() => _progress.IsClosed = false;

    /// <summary>The request is over: what was done is still to be saved, and whoever kept the session finds it closed for good.</summary>
    internal void End()
    {
        // In turn: a change of another thread is made before this, and saved, or refused.
        lock (_content)
        {
            _progress.IsOver = true;
            _progress.IsReady = false;
        }
    }

    internal void ThrowIfOver()
    {
        if (_progress.IsOver)
        {
            throw EndedRequest.Exception();
        }
    }

    private SessionDiagnostics Diagnostics => _visit.Services.Diagnostics;

    // Null: nobody wants to know.
    private PendingEvents? Events => _visit.Boundary.Events;

    private void AtLeast(SessionUse use) => _progress.Use = use > _progress.Use ? use : _progress.Use;

    private void Unsaved()
    {
        _progress.IsSaved = false;
        _visit.Boundary.OnUnsaved();
    }

    private void Report(SessionEventKind kind, SessionKey key, string? principal, Exception? error = null) =>
        Diagnostics.Report(Events, kind, Driver, key, principal, Options, error);
}
