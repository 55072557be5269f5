namespace FuelSessions;

/// <summary>What happens to a session when an id is presented that was retired longer ago than the grace: possibly a stolen one.</summary>
public enum StaleIdAction
{
    /// <summary>The request gets a new session; the session itself is left alone.</summary>
    Ignore,

    /// <summary>The session is destroyed, for its owner too, who has to sign in again.</summary>
    Destroy,
}
