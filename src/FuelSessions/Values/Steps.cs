using System.Runtime.CompilerServices;

namespace FuelSessions.Values;

/// <summary>
/// Counts the work that an operation on variables does: bytes gone over, elements moved. For the test that no operation's work grows
/// faster than its input. Switched on by a runtime option; otherwise the compiler leaves it out.
/// </summary>
internal static class Steps
{
    [ThreadStatic]
    private static long _taken;

    private static readonly bool IsCounting = AppContext.TryGetSwitch("FuelSessions.CountSteps", out bool on) && on;

    internal static long Taken => _taken;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Take(int count)
    {
        if (IsCounting)
        {
            _taken += count;
        }
    }
}
