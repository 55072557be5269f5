using System.Diagnostics.Metrics;
using FuelSessions.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuelSessions.Tests.Interleavings;

/// <summary>The real engine's services, with nothing in them that waits for real time or moves to another thread.</summary>
internal static class Engine
{
    private static readonly SessionDiagnostics Diagnostics = new(NullLogger<SessionDiagnostics>.Instance, NullLoggerFactory.Instance, new Meters(), TimeProvider.System);

    // By how old an id gets: not at all, not yet, now.
    private static readonly TimeSpan?[] RotationTimes = [null, TimeSpan.FromDays(1), TimeSpan.FromMilliseconds(1)];

    private static readonly FuelSessionsOptions[] Options = [.. Enumerable.Range(0, 6).Select(i => new FuelSessionsOptions
    {
        Driver = "gated",
        MatchUserAgent = UserAgentMatching.Off,
        StoreTimeout = Timeout.InfiniteTimeSpan,
        RotationTime = RotationTimes[i / 2],

        // A cookie that has an age must be sent again where it is not rotated.
        ExpireOnClose = false,
        OnStaleId = i % 2 == 0 ? StaleIdAction.Ignore : StaleIdAction.Destroy,
    })];

    internal static EngineServices Services(TimeProvider clock, CommitQueue queue) =>
        new(clock, queue, Diagnostics) { PauseAsync = static (_, _) => Task.CompletedTask };

    internal static CommitQueue Queue() => new(TaskCreationOptions.None);

    internal static FuelSessionsOptions OptionsFor(Plan plan, Scenario scenario) =>
        Options[(plan.RotatesByItself ? 4 : scenario.WithoutRotation ? 0 : 2) + (scenario.Start.OnStaleId == StaleIdAction.Destroy ? 1 : 0)];

    internal static FuelSessionsOptions OptionsForReading => Options[0];

    internal sealed class Clock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = Start.Now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
