namespace FuelSessions.Fuzz.Running;

/// <summary>What a target promises does not hold for an input.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
