namespace FuelSessions.Tool.Stores;

/// <summary>Whether the Data Protection keys are kept beside the sessions.</summary>
internal static class KeyRing
{
    internal static Finding Found(bool isHere) => isHere
        ? new Finding("key ring", "kept here")
        : new Finding("key ring", "not kept here", "With more than one node, or containers that are replaced, keys must be kept where all reach them: AddFuelSessions().PersistDataProtectionKeys(), or a key store of Data Protection's own. If the app has that, all is well.");
}
