using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing;

/// <summary>Clocks that stand still until a test moves them.</summary>
public static class FakeClock
{
    /// <summary>
    /// A clock that starts at the present, in whole milliseconds: the precision in which records keep times. Cookies of sessions
    /// tell an age; but who tells a time by one that starts in the past, as a <see cref="FakeTimeProvider"/> does by itself, sends
    /// what has ended already for a client that lives now: persistent cookies of cookie authentication, for one.
    /// </summary>
    public static FakeTimeProvider AtPresent() =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
}
