namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>The names of the sessions table's columns.</summary>
internal static class SessionColumns
{
    internal const string SessionKey = "session_key";
    internal const string CurrentId = "current_id";
    internal const string PreviousId = "previous_id";
    internal const string Created = "created";
    internal const string Updated = "updated";
    internal const string Expires = "expires";
    internal const string Principal = "principal";
    internal const string Version = "version";
    internal const string Payload = "payload";
}
