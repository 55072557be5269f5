using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FuelSessions.Drivers;

/// <summary>
/// <c>statx</c>, whose answer has one form on all processors. The framework looks at a file with a call of its own, but keeps the owner to itself.
/// </summary>
internal static class LinuxFiles
{
    private const int CurrentDirectory = -100;
    private const int DontFollow = 0x100;
    private const int TheHandleItself = 0x1000;
    private const uint TypeModeNamesOwner = 1 | 2 | 4 | 8;

    private const int NoSuchEntry = 2;
    private const int NoAccess = 13;
    private const int NoFolder = 20;
    private const int LongestOnStack = 512;

    /// <summary>False if this system can't answer in that way.</summary>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into.</exception>
    internal static bool TryLook(string path, out FileFacts facts)
    {
        byte[]? rented = null;
        int most = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> bytes = most <= LongestOnStack ? stackalloc byte[LongestOnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        bytes[Encoding.UTF8.GetBytes(path, bytes)] = 0;
        bool done = TryLook(CurrentDirectory, bytes, DontFollow, out facts);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return done;
    }

    /// <summary>The same of an open file, which nobody can exchange meanwhile.</summary>
    internal static bool TryLook(SafeFileHandle file, out FileFacts facts)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        try
        {
            return TryLook((int)file.DangerousGetHandle(), [0], TheHandleItself, out facts);
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    private static bool TryLook(int folder, ReadOnlySpan<byte> path, int flags, out FileFacts facts)
    {
        facts = default;
        try
        {
            if (statx(folder, in MemoryMarshal.GetReference(path), flags, TypeModeNamesOwner, out Answer answer) == 0)
            {
                facts = FileFacts.OfUnix(answer.Mode, answer.Owner, answer.Names);
                return true;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case NoSuchEntry or NoFolder:
                return true;
            case NoAccess:
                throw new UnauthorizedAccessException(new Win32Exception(NoAccess).Message);
            default:
                return false;
        }
    }

    // Nothing to marshal: a reference to bytes, and to a block of fixed layout.
    [DllImport("libc", SetLastError = true)]
#pragma warning disable IDE1006, SYSLIB1054, CA5392
    private static extern int statx(int folder, in byte path, int flags, uint mask, out Answer answer);
#pragma warning restore IDE1006, SYSLIB1054, CA5392

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Answer
    {
        [FieldOffset(16)]
        internal uint Names;

        [FieldOffset(20)]
        internal uint Owner;

        [FieldOffset(28)]
        internal ushort Mode;
    }
}
