using System.Diagnostics.CodeAnalysis;

namespace FuelSessions.Fuzz.Running;

internal static class Promise
{
    /// <exception cref="BrokenPromiseException">It does not hold.</exception>
    internal static void That([DoesNotReturnIf(false)] bool holds, string promise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(promise);
        }
    }
}
