namespace FuelSessions.Fuzz.Running;

/// <summary>The command line can't be followed.</summary>
internal sealed class UsageException(string message) : Exception(message);
