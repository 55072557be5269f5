using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace FuelSessions.Fuzz.Running;

/// <summary>
/// Which branches of the libraries an input went through, and how often, as AFL counts them: the instrumented code counts in a map of 64 K places.
/// Besides, a target tells roughly what came out.
/// </summary>
/// <param name="guides">Whether a new branch makes an input worth keeping. If not, only a new outcome does: the same one on every machine.</param>
internal sealed unsafe class Coverage(bool guides)
{
    private const int Size = 1 << 16;

    private static readonly byte* Map = (byte*)NativeMemory.AlignedAlloc(Size, 64);

    private readonly byte[] _seen = new byte[Size];
    private readonly HashSet<int> _outcomes = [];

    /// <summary>How many branches were seen.</summary>
    internal int Branches { get; private set; }

    internal int Outcomes => _outcomes.Count;

    /// <summary>Before any instrumented code runs.</summary>
    internal static void Connect()
    {
        Trace.SharedMem = Map;
        Reset();
    }

    internal static void Reset()
    {
        new Span<byte>(Map, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Takes in what the last input did. Whether any of it is new.</summary>
    internal bool Add(int outcome)
    {
        bool isNew = _outcomes.Add(outcome);
        var map = new ReadOnlySpan<byte>(Map, Size);
        for (int at = 0; map[at..].IndexOfAnyExcept((byte)0) is >= 0 and int step; at++)
        {
            at += step;

            // Once, twice, 3, 4 to 7, … times are different things.
            byte often = (byte)(map[at] == 3 ? 4 : 1 << Math.Min(7, BitOperations.Log2(map[at]) + (map[at] > 3 ? 1 : 0)));
            if ((_seen[at] & often) == 0)
            {
                Branches += _seen[at] == 0 ? 1 : 0;
                _seen[at] |= often;
                isNew |= guides;
            }
        }

        return isNew;
    }
}
