namespace FuelSessions.Engine;

/// <summary>When a session is saved.</summary>
internal enum SaveMoment
{
    /// <summary>The app asked for it, and goes on.</summary>
    Explicit,

    /// <summary>The response is about to go out.</summary>
    BeforeHeaders,

    /// <summary>The request is over; no id can go out any more.</summary>
    AfterHeaders,
}
