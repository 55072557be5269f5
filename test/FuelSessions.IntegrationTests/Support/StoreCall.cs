namespace FuelSessions.IntegrationTests.Support;

/// <summary>What the engine asks of a driver.</summary>
internal enum StoreCall
{
    /// <summary>On the calling thread.</summary>
    Read,
    ReadAsync,
    Write,
    Touch,
    Delete,
}
