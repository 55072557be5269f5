using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FuelSessions;

/// <summary>
/// <c>statx</c>, whose answer has one form on all processors. The framework looks at a file with a call of its own, but keeps to itself who owns it, and which one it is.
/// </summary>
internal static class LinuxStat
{
    internal const int NoSuchEntry = 2;
    internal const int NoAccess = 13;
    internal const int NoFolder = 20;

    private const int CurrentDirectory = -100;
    private const int DontFollow = 0x100;
    private const int TheHandleItself = 0x1000;
    private const uint TypeModeNamesOwnerNumber = 1 | 2 | 4 | 8 | 0x100;
    private const int LongestOnStack = 512;

    /// <param name="follows">Whether what a link leads to is meant, and not the link.</param>
    /// <returns>0, or the system's error; null if this system can't answer in that way.</returns>
    internal static int? Ask(string path, bool follows, out Answer answer)
    {
        byte[]? rented = null;
        int most = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> bytes = most <= LongestOnStack ? stackalloc byte[LongestOnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        bytes[Encoding.UTF8.GetBytes(path, bytes)] = 0;
        int? error = Ask(CurrentDirectory, bytes, follows ? 0 : DontFollow, out answer);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return error;
    }

    /// <summary>The same of an open file, which nobody can exchange meanwhile.</summary>
    internal static int? Ask(SafeFileHandle file, out Answer answer)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        try
        {
            return Ask((int)file.DangerousGetHandle(), [0], TheHandleItself, out answer);
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    private static int? Ask(int folder, ReadOnlySpan<byte> path, int flags, out Answer answer)
    {
        try
        {
            return statx(folder, in MemoryMarshal.GetReference(path), flags, TypeModeNamesOwnerNumber, out answer) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            answer = default;
            return null;
        }
    }

    // Nothing to marshal: a reference to bytes, and to a block of fixed layout.
    [DllImport("libc", SetLastError = true)]
#pragma warning disable IDE1006, SYSLIB1054, CA5392
    private static extern int statx(int folder, in byte path, int flags, uint mask, out Answer answer);
#pragma warning restore IDE1006, SYSLIB1054, CA5392

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal readonly struct Answer
    {
        [FieldOffset(16)]
        internal readonly uint Names;

        [FieldOffset(20)]
        internal readonly uint Owner;

        [FieldOffset(28)]
        internal readonly ushort Mode;

        /// <summary>Which one of its device's files it is; of one that is gone, once nobody has it open, another may get the number.</summary>
        [FieldOffset(32)]
        internal readonly ulong Number;

        [FieldOffset(136)]
        internal readonly ulong Device;
    }
}
