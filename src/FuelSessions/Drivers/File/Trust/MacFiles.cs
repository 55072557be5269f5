using System.Runtime.InteropServices;
using System.Text;

namespace FuelSessions.Drivers;

/// <summary><c>lstat</c> of macOS, in the form with 64 bits for a file's number.</summary>
internal static class MacFiles
{
    /// <summary>False if the answer is not what the framework says of the same path: then its form is another one than here.</summary>
    internal static bool TryLook(string path, out FileFacts facts)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        FileFacts known = FileFacts.OfFramework(path);
        facts = known;
        try
        {
            bool done = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
                ? lstat(in bytes[0], out Answer answer) == 0
                : lstat64(in bytes[0], out answer) == 0;
            facts = done ? FileFacts.OfUnix(answer.Mode, answer.Owner, answer.Names) : known;
            return done && facts.Kind == known.Kind && (facts.Kind == FileKind.Link || facts.Mode == known.Mode);
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

#pragma warning disable IDE1006, SYSLIB1054, CA5392
    [DllImport("libc", SetLastError = true)]
    private static extern int lstat(in byte path, out Answer answer);

    [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
    private static extern int lstat64(in byte path, out Answer answer);
#pragma warning restore IDE1006, SYSLIB1054, CA5392

    // The system's own has 144 bytes.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Answer
    {
        [FieldOffset(4)]
        internal ushort Mode;

        [FieldOffset(6)]
        internal ushort Names;

        [FieldOffset(16)]
        internal uint Owner;
    }
}
