using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace FuelSessions.Fuzz.Running;

/// <summary>
/// The input that is running, in memory that outlives the process: what takes a process down, as a stack overflow does, leaves no other trace.
/// </summary>
internal sealed unsafe class CurrentInput : IDisposable
{
    internal const int Largest = 1 << 20;

    private const int Head = 128;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    internal CurrentInput(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Head + Largest);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    internal static void Create(string path)
    {
        using FileStream file = File.Create(path);
        file.SetLength(Head + Largest);
    }

    internal void Enter(string target)
    {
        Memory[..Head].Clear();
        Encoding.ASCII.GetBytes(target, Memory[4..Head]);
    }

    internal void Set(ReadOnlySpan<byte> input)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Memory, input.Length);
        input.CopyTo(Memory[Head..]);
    }

    internal (string Target, byte[] Input) Get() =>
        (Encoding.ASCII.GetString(Memory[4..Head]).TrimEnd('\0'), Memory.Slice(Head, BinaryPrimitives.ReadInt32LittleEndian(Memory)).ToArray());

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private Span<byte> Memory => new(_start, Head + Largest);
}
