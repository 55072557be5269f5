using System.Globalization;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// One session of the current request: variables, flash variables and life cycle. Changes are saved when the response
/// goes out, merged with those of requests that run at the same time. Variables may be read and changed from several threads of the
/// request at once: each change is exact. What begins, ends, saves or rotates the session belongs to one of them. It ends with the
/// request: what is used afterwards throws <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>
/// <para>
/// Names are case sensitive; dots make paths: <c>cart.items.7</c>. Numeric parts index lists. Values are stored as JSON at
/// the moment they are set: changing an object afterwards changes nothing until it is set again.
/// </para>
/// <para>
/// Members throw <see cref="SessionStoreException"/> if the session had to be read and could not be, and
/// <see cref="InvalidOperationException"/> for changes that could not be saved: after <see cref="Close"/>, in a
/// read-only endpoint, and, once the response headers were sent, for a session that would have to begin, and for the
/// cookie driver's, whose content those headers carry.
/// </para>
/// </remarks>
public sealed partial class Session
{
    private readonly SessionTransaction _transaction;

    internal Session(SessionTransaction transaction, FuelSessionsOptions forged)
    {
        _transaction = transaction;
        Forged = forged;
    }

    /// <summary>What was asked for when the session was forged, before any <see cref="SetConfig"/>.</summary>
    internal FuelSessionsOptions Forged { get; }

    internal SessionTransaction Transaction => _transaction;

    internal string Driver => _transaction.Driver;

    private RequestSessions Request => (RequestSessions)_transaction.Boundary;

    /// <summary>The name that was configured or asked for, whatever prefix the cookie has in this request.</summary>
    internal string CookieName => Forged.CookieName;

    internal bool IsCalled(string cookieName) =>
        string.Equals(CookieName, cookieName, StringComparison.Ordinal) || string.Equals(_transaction.Options.CookieName, cookieName, StringComparison.Ordinal);

    /// <summary>What the session is in this request.</summary>
    public SessionState State => Used().State;

    /// <summary>Whether it began in this request.</summary>
    public bool IsNew => Used().BeganHere;

    /// <summary>
    /// Whether it is empty and not saved, because the client's id was retired a moment ago, the store could not be
    /// read, or the id is another client's and there is no cookie for a session beside that: then changes are refused. <see cref="Create"/>, a revoking <see cref="Rotate"/> and <see cref="AttachPrincipal"/> begin a
    /// session that is saved.
    /// </summary>
    public bool IsDetached => Used().State == SessionState.Detached;

    /// <summary>Whether the client presented the id of a session that had ended: expired, destroyed or removed by its store.</summary>
    public bool WasExpired => Used().WasExpired;

    /// <summary>When the session began.</summary>
    public DateTimeOffset Created => Used().Created;

    /// <summary>When the current id was made.</summary>
    public DateTimeOffset Rotated => Used().Rotated;

    /// <summary>
    /// When the session was used before this request, to within <see cref="FuelSessionsOptions.TouchInterval"/>; when it was saved or rotated in this
    /// request, if it was; for a new one: when it began.
    /// </summary>
    public DateTimeOffset Updated => Used().Updated;

    /// <summary>Whom the session belongs to, as <see cref="AttachPrincipal"/> said; null for an anonymous one.</summary>
    public string? Principal => Used().Principal;

    /// <summary>Whether the session is bound to a device, and this request proves to come from there. See <c>BindToDevice</c>.</summary>
    public DeviceProof DeviceProof => Used().DeviceProof;

    /// <summary>A short fingerprint of the session's key, for logs and pages. It proves nothing and stays the same through rotations.</summary>
    public string Fingerprint => Used().Key.Fingerprint;

    /// <summary>
    /// The session id, as <see cref="Key"/> gives it. A secret: who knows it owns the session. Null in a request that
    /// came with a <see cref="Token"/>, and after <see cref="Destroy"/>.
    /// </summary>
    public string? Id => Used().Id?.Encode();

    /// <summary>
    /// What to hand to a client that has no cookies, in a hidden field, a script or a link: it stands for the session through
    /// any number of ordinary rotations, for <see cref="FuelSessionsOptions.TokenLifetime"/>, until the session ends or
    /// a revoking rotation. Accepted in every configured channel but the cookie.
    /// </summary>
    public string Token => Request.CreateToken(Used());

    /// <summary>
    /// An element of the session's own: <c>session_id</c>, <c>previous_id</c> (the same until the first rotation),
    /// <c>created</c> (of this id) and <c>updated</c> (both in Unix seconds), <c>user_agent</c>, <c>ip_hash</c>; null
    /// for an unknown name, where there is no such value, after <see cref="Destroy"/>, and, with <see cref="FuelSessionsOptions.AutoInitialize"/> off,
    /// until the session has been used.
    /// </summary>
    public string? Key(string name = "session_id")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Live.Options.AutoInitialize && !_transaction.IsLoaded)
        {
            return null;
        }

        SessionTransaction used = Used();
        return used.State == SessionState.Destroyed ? null : name switch
        {
            "session_id" => used.Id?.Encode(),
            "previous_id" => used.PreviousId?.Encode(),
            "created" => UnixSeconds(used.Rotated),
            "updated" => UnixSeconds(used.Updated),
            "user_agent" => Request.Client.UserAgent ?? "",
            "ip_hash" => used.IpHash?.ToString("x8", CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    /// <summary>
    /// Gives the session a new id at once. The previous one stays good until the new one was seen, and for
    /// <see cref="FuelSessionsOptions.PreviousIdGrace"/> after that.
    /// </summary>
    /// <param name="revokePrevious">
    /// For a change of privilege (sign-in, sign-out, role change; see OWASP's Session Management Cheat Sheet): every
    /// earlier id is stale at once.
    /// </param>
    /// <exception cref="InvalidOperationException">The response headers were sent.</exception>
    public Session Rotate(bool revokePrevious = false)
    {
        _transaction.Rotate(revokePrevious);
        return this;
    }

    /// <summary>
    /// Says whom the session belongs to, and rotates it so that every earlier id is stale at once. Null signs out. Does
    /// nothing if it belongs to that principal already. What a sign-in of an authentication scheme has left (<c>AddAuthentication().AddFuelSessions()</c>)
    /// ends with it.
    /// </summary>
    /// <param name="principal">Any stable name of the user, 1 to 256 characters without NUL; or null.</param>
    public Session AttachPrincipal(string? principal)
    {
        if (principal is not null)
        {
            PrincipalName.ThrowIfBad(principal, nameof(principal));
        }

        _transaction.Attach(principal);
        return this;
    }

    /// <summary>Destroys the session and begins another one.</summary>
    /// <exception cref="InvalidOperationException">The response headers were sent.</exception>
    public Session Create()
    {
        _transaction.Create();
        return this;
    }

    /// <summary>
    /// Ends the session: its content, its id and the client's cookie. A later change in this request begins another one; a rotation does nothing
    /// any more. Works after <see cref="Close"/> too.
    /// </summary>
    public Session Destroy()
    {
        _transaction.Destroy();
        return this;
    }

    /// <summary>Forgets the changes of this request.</summary>
    public Session Reset()
    {
        _transaction.Reset();
        return this;
    }

    /// <summary>Whether <see cref="Close"/> has ended the changes of this request.</summary>
    public bool IsClosed => Live.IsClosed;

    /// <summary>
    /// Saves the session at once and ends the changes of this request: another one throws, until the session is forged again. Only
    /// <see cref="Destroy"/> still works. Flash variables that end with this request are gone. The id goes out with the response, as ever.
    /// </summary>
    /// <param name="save">Whether the changes made so far are saved; false forgets them.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <exception cref="SessionGoneException">The session was destroyed, or had expired, meanwhile. Nothing was saved.</exception>
    /// <exception cref="SessionStoreException">The store did not accept it. It is tried again when the response goes out.</exception>
    /// <exception cref="SessionTooLargeException">It would take more than <see cref="FuelSessionsOptions.MaxPayloadBytes"/>.</exception>
    /// <exception cref="InvalidOperationException">The session is detached, and was changed.</exception>
    public async Task CloseAsync(bool save = true, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _transaction.CloseAsync(save).ConfigureAwait(false);
        await Request.TellAsync().ConfigureAwait(false);
    }

    /// <summary>The same on the calling thread, which waits for the store.</summary>
    /// <inheritdoc cref="CloseAsync" path="/param|/exception"/>
    public void Close(bool save = true) => _transaction.CloseAsync(save).AsTask().GetAwaiter().GetResult();

    /// <summary>Reads the session without blocking. Needed only before a first use in code that must not block.</summary>
    public async Task<Session> LoadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Live.Reopen();
        await _transaction.UseAsync().ConfigureAwait(false);
        return this;
    }

    /// <summary>
    /// Reads the session again: what other requests have saved meanwhile is seen, with this request's own unsaved changes on top of it. For
    /// requests that live long, such as WebSockets and server-sent events. Ordinary rotations don't matter; after a revoking one the session is
    /// <see cref="SessionState.Detached"/>, and after its end <see cref="SessionState.Gone"/>, both empty.
    /// </summary>
    /// <exception cref="SessionStoreException">The store could not be read; the session stays as it was.</exception>
    public async Task<Session> ReloadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _transaction.ReloadAsync().ConfigureAwait(false);
        return this;
    }

    /// <summary>Saves at once what is saved by itself when the response goes out.</summary>
    /// <exception cref="SessionGoneException">The session was destroyed, or had expired, meanwhile. Nothing was saved.</exception>
    /// <exception cref="SessionStoreException">The store did not accept it.</exception>
    /// <exception cref="SessionTooLargeException">It would take more than <see cref="FuelSessionsOptions.MaxPayloadBytes"/>.</exception>
    /// <exception cref="InvalidOperationException">The session is detached.</exception>
    /// <remarks>Who catches one of these is not told again: when the response goes out the changes are tried once more, and a failure is only logged.</remarks>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _transaction.UseAsync().ConfigureAwait(false);
        await _transaction.SaveNowAsync(closing: false).ConfigureAwait(false);
        await Request.TellAsync().ConfigureAwait(false);
    }

    private static string UnixSeconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    // What needs nothing read must not answer after the request either.
    private SessionTransaction Live
    {
        get
        {
            _transaction.ThrowIfOver();
            return _transaction;
        }
    }

    private SessionTransaction Used()
    {
        _transaction.UseNow();
        return _transaction;
    }
}
