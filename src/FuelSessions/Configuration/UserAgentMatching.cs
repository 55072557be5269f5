namespace FuelSessions;

/// <summary>How closely a request's user agent must be the one that began the session.</summary>
public enum UserAgentMatching
{
    /// <summary>Not at all. FuelPHP's <c>match_ua</c> false.</summary>
    Off,

    /// <summary>But for digits and dots, so that a browser update does not end the session.</summary>
    IgnoringVersions,

    /// <summary>To the letter. FuelPHP's <c>match_ua</c> true.</summary>
    Exact,
}
