using FuelSessions.Drivers;
using Xunit;

namespace FuelSessions.Testing;

// Optional abilities have suites of their own, which nobody should forget.
public abstract partial class SessionDriverConformance
{
    /// <summary>A driver that collects expired records runs the tests of that, and no other driver does.</summary>
    [Fact]
    public void A_driver_that_collects_expired_records_runs_that_suite()
    {
        bool collects = Driver is ICollectExpired;
        Assert.True(
            collects == this is CollectingDriverConformance,
            collects
                ? $"{Driver.GetType().Name} implements {nameof(ICollectExpired)}: derive {GetType().Name} from {nameof(CollectingDriverConformance)}."
                : $"{Driver.GetType().Name} does not implement {nameof(ICollectExpired)}: derive {GetType().Name} from {nameof(SessionDriverConformance)}.");
    }
}
