namespace FuelSessions;

/// <summary>A store answered, and wrongly. The message is ours alone, and may be shown.</summary>
internal sealed class StoreProbeException(string message) : Exception(message);
