using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing;

/// <summary>Clocks that stand still until a test moves them.</summary>
public static class FakeClock
{
    /// <summary>
    /// A clock that starts at the present, in whole milliseconds: the precision in which records keep times. One that starts
    /// in the past, as a <see cref="FakeTimeProvider"/> does by itself, sends cookies that have ended already for a client
    /// that lives now.
    /// </summary>
    public static FakeTimeProvider AtPresent() =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
}
