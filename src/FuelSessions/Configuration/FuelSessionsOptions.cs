using System.Text.Json;
using FuelSessions.Configuration;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// How sessions behave. Set in code, in the configuration section <c>FuelSessions</c>, per driver in a section of
/// the driver's name below it, or for one session with <see cref="Session.SetConfig"/>. Checked at start-up.
/// </summary>
public sealed class FuelSessionsOptions
{
    private FuelSessionsOptions? _secured;
    private string? _boundName;

    /// <summary>The defaults.</summary>
    public FuelSessionsOptions() => Values = new ValueFormat(SerializerOptions, UncheckedTypes);

    /// <summary>
    /// The driver that is used where none is named. Default <c>file</c>: what is destroyed or revoked is so at the server, and sessions outlive a
    /// restart. Names ignore case.
    /// </summary>
    public string Driver { get; set; } = "file";

    /// <summary>
    /// Whether sessions are read before an endpoint that is known to use them, so that nothing blocks inside it.
    /// Default true; off: each is read when it is asked for.
    /// </summary>
    public bool AutoInitialize { get; set; } = true;

    /// <summary>
    /// Whether a session answers only to its client's address, as the forwarded-headers middleware resolved it. Default false. A client
    /// that moves on to another address gets a session of its own, beside the one that it had: phones do that many times a day. Of sessions that
    /// began before the setting was switched on the address is recorded with their next write.
    /// </summary>
    public bool MatchIp { get; set; }

    /// <summary>
    /// Whether a session answers only to its client's user agent. Default <see cref="UserAgentMatching.IgnoringVersions"/>. Another one gets a
    /// session of its own, in a cookie whose name begins with <c>other-</c>; without cookies, or as the third, an empty one that refuses to be saved.
    /// </summary>
    public UserAgentMatching MatchUserAgent { get; set; } = UserAgentMatching.IgnoringVersions;

    /// <summary>
    /// The cookie's name, which must not begin with <c>other-</c>. Each driver has a default of its own: cid, fid, did, mid, rid, xid. Where the cookie is marked Secure, a default name gets
    /// the prefix <c>__Host-</c> (<c>__Secure-</c> with another <see cref="CookiePath"/> or a <see cref="CookieDomain"/>; RFC 6265bis): no other
    /// host, and no page without TLS, can plant such a cookie. A name that is set is used as it is.
    /// </summary>
    public string CookieName
    {
        get;
        set => (field, HasDefaultCookieName) = (value, false);
    } = "";

    /// <summary>The cookie's domain. Default none: the host that set it, and no other.</summary>
    public string? CookieDomain { get; set; }

    /// <summary>The cookie's path. Default <c>/</c>.</summary>
    public string CookiePath { get; set; } = "/";

    /// <summary>Whether scripts are kept from reading the cookie. Default true.</summary>
    public bool CookieHttpOnly { get; set; } = true;

    /// <summary>The cookie's SameSite attribute (RFC 6265bis). Default <see cref="SameSiteMode.Lax"/>.</summary>
    public SameSiteMode CookieSameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>When the cookie is marked Secure. Default <see cref="CookieSecurePolicy.SameAsRequest"/>.</summary>
    public CookieSecurePolicy CookieSecure { get; set; } = CookieSecurePolicy.SameAsRequest;

    /// <summary>Whether the cookie is marked Partitioned (CHIPS); needs Secure. Default false.</summary>
    public bool CookiePartitioned { get; set; }

    /// <summary>
    /// Whether the app can't do without the cookie, so that it is sent before its user has consented to cookies (<c>UseCookiePolicy</c> with
    /// <c>CheckConsentNeeded</c>). Default false, as in the framework's own session: until then no new session is kept, but for one
    /// that somebody is signed in to by an authentication scheme, as cookie authentication has it.
    /// </summary>
    public bool IsEssential { get; set; }

    /// <summary>
    /// Whether ids travel under Data Protection. Default true. Switching it makes ids of the other form absent, and
    /// never an error; it is told of (<see cref="SessionEventKind.UnreadableId"/>). The cookie driver, whose cookie is the session itself, protects it always.
    /// </summary>
    public bool EncryptCookie { get; set; } = true;

    /// <summary>Whether the cookie ends with the browser. Default true; false: it is kept on the device's disk as long as the session lives.</summary>
    public bool ExpireOnClose { get; set; } = true;

    /// <summary>
    /// Idle time after which a session ends. Default 2 hours; 1 second to 10 years. Kept in the record, so a new
    /// value holds for sessions that begin from then on.
    /// </summary>
    public TimeSpan ExpirationTime { get; set; } = TimeSpan.FromHours(2);

    /// <summary>
    /// Time since its creation after which a session ends, however much it is used. Default null: a day, or twelve times the session's own idle time
    /// where that is longer. At least 1 second; <see cref="Timeout.InfiniteTimeSpan"/>, in configuration <c>false</c>: never.
    /// </summary>
    public TimeSpan? AbsoluteExpiration { get; set; }

    /// <summary>
    /// The least time between two touches, which keep an otherwise unchanged session alive. Default a tenth of the
    /// session's lifetime, at most 1 minute. Zero touches in every request. A session never ends earlier than
    /// its lifetime after its last request, and at most this much later.
    /// </summary>
    public TimeSpan? TouchInterval { get; set; }

    /// <summary>
    /// Whether any request that brings the session's id keeps it alive, as with the framework's own session, also in endpoints that don't use it: each
    /// then reads the record, touches it when that is due and renews the cookie. No flash variable ages. Default false: requests that don't use
    /// the session cost nothing. For single endpoints see <c>WithSessionTouch</c>.
    /// </summary>
    public bool TouchOnEveryRequest { get; set; }

    /// <summary>How old an id gets before it is replaced. Default 5 minutes; at least 1 millisecond; null: only on demand.</summary>
    public TimeSpan? RotationTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// For how long the previous id stays good once its successor was seen, for requests that were on their way.
    /// Default 60 seconds; zero to 1 day.
    /// </summary>
    public TimeSpan PreviousIdGrace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What happens when a retired id is presented later than <see cref="PreviousIdGrace"/> and another 2 minutes, by which the clocks of two
    /// nodes may differ. Default <see cref="StaleIdAction.Ignore"/>.
    /// </summary>
    public StaleIdAction OnStaleId { get; set; }

    /// <summary>The namespace of flash variables. Default <c>flash</c>.</summary>
    public string FlashId { get; set; } = "flash";

    /// <summary>Whether a flash variable ends after the next request that uses the session, read or not. Default true; false: after it was read.</summary>
    public bool FlashAutoExpire { get; set; } = true;

    /// <summary>Whether reading a flash variable in the request that set it consumes it. Default true.</summary>
    public bool FlashExpireAfterGet { get; set; } = true;

    /// <summary>The form field that may carry an id or a <see cref="Session.Token"/>; comes before the cookie. Default none.</summary>
    public string? PostFieldName { get; set; }

    /// <summary>
    /// The request header that may carry an id, and the response header that carries it back; none of HTTP's own, such as <c>Authorization</c>.
    /// Default none. Scripts of the page can read such a response.
    /// </summary>
    public string? HeaderName { get; set; }

    /// <summary>The query parameter that may carry an id or a <see cref="Session.Token"/>. Default none: URLs end up in logs.</summary>
    public string? QueryParameterName { get; set; }

    // In the channels that a token may come in [C6].
    internal bool TakesTokens => PostFieldName is not null || HeaderName is not null || QueryParameterName is not null;

    /// <summary>Whether cookies are sent. Default true; false: none is sent, one that comes is still read.</summary>
    public bool EnableCookie { get; set; } = true;

    /// <summary>How long a <see cref="Session.Token"/> is good. Default: <see cref="ExpirationTime"/>.</summary>
    public TimeSpan? TokenLifetime { get; set; }

    /// <summary>Whether <c>HttpContext.Session</c> is served from the session of <see cref="Driver"/>. Default false.</summary>
    public bool NativeEmulation { get; set; }

    /// <summary>Whether changes are saved although the endpoint threw. Default false.</summary>
    public bool SaveOnError { get; set; }

    /// <summary>
    /// Whether a response whose endpoint used the session tells caches that it is for one visitor: <c>Cache-Control: private</c>, unless the app has
    /// set that header itself, <c>Vary: Cookie</c>, and no storage in the app's output cache. Default true. A response that sets an id is
    /// <c>no-store</c> in any case.
    /// </summary>
    public bool PreventSharedCaching { get; set; } = true;

    /// <summary>What happens when the store can't be read. Default <see cref="StoreFailureAction.Throw"/>.</summary>
    public StoreFailureAction OnStoreFailure { get; set; }

    /// <summary>
    /// For how long a read, or a save with all its repetitions, may take before it fails; up to an eighth longer, and a second at
    /// most. Default 5 seconds; 2 for the redis driver; 10 milliseconds to 10 minutes.
    /// </summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most that a session's variables, flash variables and sign-in (claims, tokens) may take, in bytes as stored. Default 1 MiB
    /// (1,048,576); for the cookie driver 16 KiB. 1 KiB to 1 GiB; for the cookie driver to 16 KiB.
    /// </summary>
    public int MaxPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The most that the cookie driver's cookies may take in a request's <c>Cookie</c> header, in bytes, names and all. Default 3.5 KiB (3584), one
    /// cookie: by default nginx takes answers with up to 4 KB of headers from an app, and request headers of up to 8 KB a line, as Apache does; IIS
    /// takes 16 KB, Kestrel 32 KB in all. 1 KiB to 24 KiB: more than one cookie is used for what is larger. Encryption and base64 make four bytes
    /// of three.
    /// </summary>
    public int MaxCookieBytes { get; set; } = 3584;

    /// <summary>
    /// Whether the cookie driver compresses a session that would take more than one cookie. Default true. To be switched off where a session
    /// holds a secret, such as a form's anti-forgery value, beside text that others may choose: who sees the cookie's size and can have the
    /// user's browser store guesses may learn the secret part by part, as the answer with a right guess is shorter (CRIME, BREACH).
    /// </summary>
    public bool CompressCookie { get; set; } = true;

    /// <summary>
    /// The file driver's folder; a relative path starts at the content root. Default: a folder of the app's own below the local application data of
    /// the user that it runs as, which is where Data Protection keeps its keys by default, or where that can't be made, one that ends with the process.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// Whether other accounts may own, read or write the file driver's folder and what is in it, as on a volume whose rights the platform sets. Default
    /// false: the driver does not start there, and takes no file that another account can have written or read. On Windows links alone are looked at.
    /// </summary>
    public bool AllowSharedFolder { get; set; }

    /// <summary>
    /// Whether the file driver flushes the folder as well as the file before it acknowledges a write or a removal, which costs each another wait for the
    /// disk; those that meet share it. Default false: a failure of the power may bring back the version before the last one, whole, or a session that
    /// was just ended. On Linux and macOS; on Windows it changes nothing.
    /// </summary>
    public bool FlushFolder { get; set; }

    /// <summary>The db driver's table. Default <c>sessions</c>.</summary>
    public string Table { get; set; } = "sessions";

    /// <summary>
    /// The time between two background removals of expired records, for drivers whose store does not do it. Default
    /// 10 minutes; zero: off.
    /// </summary>
    public TimeSpan GcInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many sessions the memory driver keeps; at least 1. Beyond it make room, in this order: expired ones, those that nobody has signed in to
    /// and that have seen one request only, others that nobody has signed in to (<see cref="Session.AttachPrincipal"/>), the rest; of each
    /// the ones that end first. Default 100,000.
    /// </summary>
    public int MaxSessions { get; set; } = 100_000;

    /// <summary>
    /// Whether the client's user agent, of which 256 characters, and the network of its address (of IPv4 the first 24 bits, of IPv6 the first 48) are
    /// kept in the record when somebody signs in, for <c>ISessionRegistry</c> to show. Default false. They end with the sign-in.
    /// </summary>
    public bool RememberClient { get; set; }

    /// <summary>
    /// How many sessions a principal may have at a time on a driver; 1 or more. <see cref="OnTooManySessions"/> says what becomes of one more. Exact under any
    /// number of sign-ins at the same time. Default none: off. Not on drivers that can't find a principal's sessions (cookie, memcached).
    /// </summary>
    public int? MaxSessionsPerPrincipal { get; set; }

    /// <summary>
    /// What happens when somebody signs in who has <see cref="MaxSessionsPerPrincipal"/> sessions already. Default <see cref="TooManySessionsAction.EndOldest"/>.
    /// </summary>
    public TooManySessionsAction OnTooManySessions { get; set; }

    // The most, where one more is refused; null: none is.
    internal int? MostSignIns => OnTooManySessions == TooManySessionsAction.RefuseSignIn ? MaxSessionsPerPrincipal : null;

    /// <summary>
    /// How many sessions one client address may begin within a minute; 1 or more. One more is not stored: its request is answered with status 429
    /// and <c>Retry-After</c>, unless the app's code catches the <see cref="TooManySessionsException"/>. Addresses are those that
    /// the forwarded-headers middleware resolved, of IPv6 the first 64 bits; requests without an address, as over a Unix socket, are not
    /// limited. Counted per process and driver. Default none: off.
    /// </summary>
    public int? NewSessionsPerMinute { get; set; }

    /// <summary>
    /// How values become JSON. Names are kept as declared and are case sensitive; fields count. Source-generated
    /// contexts go to the front of its <see cref="JsonSerializerOptions.TypeInfoResolverChain"/>; converters that you add win over the built-in
    /// ones. What is declared as <c>object</c> holds text, truth values, <c>int</c>, <c>long</c>, <c>double</c>, <c>List&lt;object?&gt;</c> and
    /// <c>Dictionary&lt;string, object?&gt;</c>, and comes back as what it was; anything else there is refused. No type's name is ever stored.
    /// </summary>
    public JsonSerializerOptions SerializerOptions { get; } = ValueForms.CreateOptions();

    /// <summary>
    /// Types whose values are stored as the serialiser writes them, whatever it reads back. Other types are refused by
    /// <see cref="Session.Set{T}(SessionPath, T)"/> if a value would come back as another one: by their contract, which is looked at once a type, and
    /// for comparers of sets and maps and for values of derived types. Types with a converter of your own are not looked at. An open generic
    /// type stands for all of its types. Default none; add to it before the first request.
    /// </summary>
    public ISet<Type> UncheckedTypes { get; } = new HashSet<Type>();

    // One for all copies: what is decided about a type is decided once.
    internal ValueFormat Values { get; }

    /// <summary>Whether nobody has set <see cref="CookieName"/>.</summary>
    internal bool HasDefaultCookieName { get; private set; } = true;

    /// <summary>What is sealed is bound to this name, whatever prefix the cookie has in a request: one app's http and https are one zone.</summary>
    internal string BoundName => _boundName ?? CookieName;

    /// <summary>The same, with the cookie name that goes with a Secure cookie.</summary>
    internal FuelSessionsOptions Secured => !HasDefaultCookieName ? this : _secured ??= Prefixed();

    internal void UseDefaultCookieName(string name) => (CookieName, HasDefaultCookieName) = (name, true);

    internal FuelSessionsOptions Clone()
    {
        var clone = (FuelSessionsOptions)MemberwiseClone();
        clone._secured = null;
        return clone;
    }

    private FuelSessionsOptions Prefixed()
    {
        FuelSessionsOptions prefixed = Clone();
        prefixed._boundName = CookieName;
        prefixed.CookieName = (CookiePath == "/" && CookieDomain is null ? CookiePrefix.Host : CookiePrefix.Secure) + CookieName;
        return prefixed;
    }
}
