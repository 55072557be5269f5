namespace FuelSessions;

/// <summary>What a sign-out does to the session.</summary>
public enum SignOutAction
{
    /// <summary>The session ends at the server, with all that is in it, and the client's cookie with it.</summary>
    EndSession,

    /// <summary>
    /// The session goes on without its user, under a new id; every earlier one is stale at once. For carts and the like; whatever of the user's else is
    /// in it stays in it.
    /// </summary>
    KeepContent,
}
