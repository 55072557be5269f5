namespace FuelSessions;

/// <summary>What a request proves of the device that its session is bound to.</summary>
public enum DeviceProof
{
    /// <summary>The session is not bound: nothing is to be proved.</summary>
    NotBound,

    /// <summary>It came with a good bound cookie: from the device, within <see cref="DeviceBindingOptions.BoundTime"/> of its last signature.</summary>
    Given,

    /// <summary>The session is bound, and the request brought no good bound cookie.</summary>
    Missing,
}
