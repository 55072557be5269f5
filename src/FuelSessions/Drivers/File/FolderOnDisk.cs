using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FuelSessions.Drivers;

/// <summary>What the framework does not do with a folder: it opens none.</summary>
internal static class FolderOnDisk
{
    private const int CloseOnExecuteOfLinux = 0x80000;
    private const int CloseOnExecuteOfMac = 0x1000000;

    /// <summary>Waits until the names in a folder are on the disk. On Windows that can't be asked for, and nothing happens.</summary>
    /// <exception cref="IOException">The folder can't be opened or flushed.</exception>
    internal static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        byte[] name = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, name);
        int folder = open(in name[0], OperatingSystem.IsLinux() ? CloseOnExecuteOfLinux : CloseOnExecuteOfMac);
        if (folder < 0)
        {
            throw new IOException($"The session folder '{path}' can't be flushed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        using var handle = new SafeFileHandle(folder, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    // Nothing to marshal. Of what may follow the flags nothing does.
    [DllImport("libc", SetLastError = true)]
#pragma warning disable IDE1006, SYSLIB1054, CA5392
    private static extern int open(in byte path, int flags);
#pragma warning restore IDE1006, SYSLIB1054, CA5392
}
