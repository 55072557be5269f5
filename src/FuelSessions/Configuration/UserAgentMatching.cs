namespace FuelSessions;

/// <summary>
/// How closely a request's user agent must be the one of the session's client. Anybody can send any user agent, and whoever takes a cookie can take
/// that as well: this stops a cookie that was carried to another browser as it is, and nobody who tries.
/// </summary>
public enum UserAgentMatching
{
    /// <summary>Not at all. FuelPHP's <c>match_ua</c> false.</summary>
    Off,

    /// <summary>
    /// The browser's family: the names of its products, without versions, platform and device. An update, or a phone's switch to the desktop
    /// site, is the same client.
    /// </summary>
    IgnoringVersions,

    /// <summary>To the letter. FuelPHP's <c>match_ua</c> true.</summary>
    Exact,
}
