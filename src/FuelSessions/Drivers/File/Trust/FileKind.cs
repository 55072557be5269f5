namespace FuelSessions.Drivers;

/// <summary>What is found at a path, if a link there is not followed.</summary>
internal enum FileKind
{
    Missing,
    File,
    Folder,

    /// <summary>A symbolic link; on Windows any reparse point, so a junction too.</summary>
    Link,

    /// <summary>A pipe, a device, a socket.</summary>
    Other,
}
