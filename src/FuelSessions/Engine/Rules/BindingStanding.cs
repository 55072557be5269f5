namespace FuelSessions.Engine;

/// <summary>How a request stands to the device that a session is bound to, and what follows for it [B4].</summary>
internal enum BindingStanding : byte
{
    /// <summary>The session is not bound, or its browser does not know it yet, or nobody asks.</summary>
    Free,

    /// <summary>It came with a good bound cookie.</summary>
    Proved,

    /// <summary>It did not, and may have been on its way when the browser learned of the binding.</summary>
    Late,

    /// <summary>It did not, and goes on.</summary>
    Reported,

    /// <summary>It did not, and may read.</summary>
    ReadOnly,

    /// <summary>It did not, and gets nothing of the session.</summary>
    Refused,
}
