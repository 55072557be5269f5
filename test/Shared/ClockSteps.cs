using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Servers;

/// <summary>Time that passes for work in the background, which begins at a moment of its own.</summary>
internal static class ClockSteps
{
    private const int Most = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Lets that much time pass, and again if nothing came of it: what waits for the time may have begun to wait only after it had passed.</summary>
    internal static async Task AdvanceUntilAsync(this FakeTimeProvider clock, Task done, TimeSpan step)
    {
        for (int steps = 0; steps < Most && !done.IsCompleted; steps++)
        {
            clock.Advance(step);
            await Task.WhenAny(done, Task.Delay(Patience));
        }

        await done.WaitAsync(Patience);
    }
}
