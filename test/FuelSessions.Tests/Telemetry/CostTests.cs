using System.Diagnostics;
using System.Diagnostics.Metrics;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Telemetry;

/// <summary>While nobody listens, spans and metrics take no memory at all.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class CostTests : IDisposable
{
    private const int Times = 1000;

    private readonly Meter _meter = new("FuelSessions.Unheard");
    private readonly MemorySessionDriver _driver;
    private readonly SessionRecord _record;

    public CostTests()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        DateTimeOffset now = clock.GetUtcNow();
        _driver = new MemorySessionDriver(clock, 10);
        _record = new SessionRecord
        {
            Key = SessionKey.Create(),
            Version = 1,
            CurrentHash = SessionSecret.Create().Hash(),
            Created = now,
            Rotated = now,
            Updated = now,
            Expires = now.AddHours(1),
            Lifetime = TimeSpan.FromHours(1),
        };
    }

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task A_read_that_nobody_watches_takes_what_the_driver_takes()
    {
        Assert.True((await _driver.WriteAsync(_record, default)).IsWritten);
        SessionStorage storage = new("memory", _driver, times: new StoreCallTimes(_meter));
        StoreDeadline deadline = StoreDeadline.Start(TimeSpan.FromHours(1));
        long plain = Allocated(() => _driver.ReadAsync(_record.Key, default).GetAwaiter().GetResult());
        Assert.Equal(plain, Allocated(() => storage.ReadWithinAsync(_record.Key, deadline).GetAwaiter().GetResult()));

        // The measure can tell: somebody who listens has it made.
        using var spans = new ActivityListener { ShouldListenTo = source => source.Name == SessionSpans.SourceName, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(spans);
        Assert.True(Allocated(Traced) > 0);
    }

    [Fact]
    public void A_span_that_nobody_wants_takes_nothing() => Assert.Equal(0, Allocated(Traced));

    private static void Traced()
    {
        using Activity? span = SessionSpans.Start(SessionSpans.Load, "memory");
        SessionSpans.Outcome("found");
        SessionSpans.Conflicts(1);
    }

    private static long Allocated(Action act)
    {
        for (int warm = 0; warm < 200; warm++)
        {
            act();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int time = 0; time < Times; time++)
        {
            act();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
