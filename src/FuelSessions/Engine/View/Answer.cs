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

    /// <summary>Whether it goes into the cookie beside the first one, whose session answers to another client [R11], or may have been held back [R12].</summary>
    internal bool IsOther { get; set; }

    /// <summary>Whether that is because the first one may have been held back. A sign-in takes its place all the same.</summary>
    internal bool IsBesideHeldBack { get; set; }

    /// <summary>Whether the last save kept nothing for want of consent [C7].</summary>
    internal bool IsWithheld { get; set; }

    /// <summary>Whether a token was made, whose holder can come back without an id [C6].</summary>
    internal bool HasToken { get; set; }
}
