namespace FuelSessions.Benchmarks;

/// <summary>The command line, or the machine, does not allow what was asked for; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
