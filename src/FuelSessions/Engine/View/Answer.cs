using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What the response tells the client of its id.</summary>
internal struct Answer
{
    /// <summary>The session whose current id it carries, as the store has accepted it [R5]; null: none.</summary>
    internal Kept? ToSend { get; set; }

    /// <summary>What the request had before it had to forget it: the response still carries its record, if a cookie is where that is kept.</summary>
    internal Standing? Left { get; set; }

    /// <summary>Whether the client's id leads nowhere any more, because this request has destroyed its session.</summary>
    internal bool Withdraws { get; set; }

    /// <summary>The binding that ended with what this request did to its session; null: none did [B6].</summary>
    internal DeviceBinding? EndedBinding { get; set; }

    /// <summary>Whether the app has changed how the cookie looks, so that it goes out again [W7].</summary>
    internal bool IsWantedAgain { get; set; }

    /// <summary>Which of the session's two cookies it goes into.</summary>
    internal CookiePlace Place { get; set; }

    /// <summary>Whether the last save kept nothing for want of consent [C7].</summary>
    internal bool IsWithheld { get; set; }

    /// <summary>Whether a token was made, whose holder can come back without an id [C6].</summary>
    internal bool HasToken { get; set; }
}
