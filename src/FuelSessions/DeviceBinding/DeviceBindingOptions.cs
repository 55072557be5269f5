namespace FuelSessions;

/// <summary>How sessions are bound to the device that their browser runs on: <c>AddFuelSessions().BindToDevice(…)</c>. Checked at start-up.</summary>
public sealed class DeviceBindingOptions
{
    internal static readonly TimeSpan LeastBoundTime = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan MostBoundTime = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a device's signature is good: so long, and no longer, copied cookies work elsewhere. Default 10 minutes; 1 minute to 1 day. The browser signs again
    /// when less than about 2 minutes of it are left, and Chromium signs no more than 6 times in 9 minutes for a site: below 5 minutes a browser in constant use runs out of that, and its requests come without proof.
    /// </summary>
    public TimeSpan BoundTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What a request gets that brings a bound session's id and no good bound cookie. Default <see cref="UnboundRequestAction.Report"/>.</summary>
    public UnboundRequestAction OnUnboundRequest { get; set; }

    /// <summary>
    /// Whether sessions of nobody are bound as well. Default false: those with a <see cref="Session.Principal"/>. It is offered with each id that goes out over https, as with a sign-in
    /// and each rotation, until the browser has taken it.
    /// </summary>
    public bool BindAnonymous { get; set; }

    /// <summary>How long the browser keeps the bound cookie: it ends there first, so that what is on its way when it does is still good.</summary>
    internal TimeSpan CookieTime => BoundTime - (BoundTime < TimeSpan.FromMinutes(10) ? BoundTime / 10 : TimeSpan.FromMinutes(1));
}
