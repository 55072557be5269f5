namespace FuelSessions.Demo.Client;

/// <summary>
/// The clock of the provider and of its client, which can be set ahead: so a token expires for both of them without anybody waiting.
/// It is one for all visitors; the others' tokens merely end earlier. Sessions go by the real one.
/// </summary>
internal sealed class AheadClock : TimeProvider
{
    // In ticks.
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    internal void SetAhead(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
