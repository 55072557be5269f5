using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FuelSessions.Testing;

/// <summary>
/// What <see cref="ISessionDriver"/> promises, as tests. Derive from it in a test project with an xunit runner and say
/// how your driver is made; the tests are inherited.
/// </summary>
/// <remarks>
/// <code>
/// public sealed class MyDriverConformance : SessionDriverConformance
/// {
///     protected override ValueTask&lt;ISessionDriver&gt; CreateDriverAsync(TimeProvider clock) =>
///         ValueTask.FromResult&lt;ISessionDriver&gt;(new MyDriver("localhost", clock));
/// }
/// </code>
/// <para>
/// A driver that implements <see cref="ICollectExpired"/> derives from <see cref="CollectingDriverConformance"/>
/// instead, which adds the tests of that ability; one test here fails if it does not.
/// </para>
/// <para>
/// Each test makes one driver and disposes it. Several drivers may share a store, left-overs included: the suite uses
/// random keys only. A store that counts time by itself overrides <see cref="LetTimePassAsync"/>; the shortest
/// lifetime in the suite is 2 seconds.
/// </para>
/// </remarks>
public abstract partial class SessionDriverConformance : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly CancellationToken None = CancellationToken.None;

    private ISessionDriver? _driver;

    /// <summary>The clock that the driver was made with. It starts at the present.</summary>
    protected FakeTimeProvider Clock { get; } = FakeClock.AtPresent();

    /// <summary>The driver under test.</summary>
    protected ISessionDriver Driver => _driver ?? throw new InvalidOperationException("The driver is made by InitializeAsync.");

    /// <summary>
    /// How far the end of a stored record may be from the one that was asked for: for a store that counts in
    /// seconds, say. Default zero.
    /// </summary>
    protected virtual TimeSpan ExpiresTolerance => TimeSpan.Zero;

    /// <summary>The size of the largest record that the suite stores. Default 1 MiB, the default of <c>MaxPayloadBytes</c>.</summary>
    protected virtual int LargestPayload => 1024 * 1024;

    private DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Makes the driver, ready for use; disposed after the test if it is disposable.</summary>
    /// <param name="clock">The driver's clock.</param>
    protected abstract ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock);

    /// <summary>
    /// Lets at least <paramref name="duration"/> pass for the store, and no more than a few minutes. By default it
    /// advances <see cref="Clock"/>; for a store that expires records by its own clock, wait as well, and add what
    /// its clock is coarse by.
    /// </summary>
    protected virtual ValueTask LetTimePassAsync(TimeSpan duration)
    {
        Clock.Advance(duration);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes the driver. Override it to prepare the store first.</summary>
    public virtual async Task InitializeAsync() => _driver = await CreateDriverAsync(Clock);

    /// <summary>Disposes the driver. Override it to remove the store afterwards.</summary>
    public virtual async Task DisposeAsync()
    {
        switch (_driver)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private protected async Task<SessionRecord> StoredAsync(SessionRecord record)
    {
        Assert.True((await Driver.WriteAsync(record, None)).IsWritten, "A new record was not stored.");
        return record;
    }

    private protected Task<SessionRecord> StoredAsync(TimeSpan lifetime) => StoredAsync(SampleRecords.Bare(Now, lifetime));

    private protected async Task AssertStoredAsync(SessionRecord expected) =>
        RecordAssert.Same(expected, await Driver.ReadAsync(expected.Key, None), ExpiresTolerance);

    private protected async Task AssertAbsentAsync(SessionKey key)
    {
        Assert.Null(await Driver.ReadAsync(key, None));
        Assert.Null(Driver.Read(key, None));
    }

    private protected static SessionRecord Next(SessionRecord record, byte[]? data = null) =>
        record with { Version = record.Version + 1, Data = data ?? record.Data };

    private void AssertLostTo(SessionRecord winner, WriteResult result)
    {
        Assert.False(result.IsWritten, "It was acknowledged, though another writer was first.");
        Assert.False(result.IsGone, "The answer was Gone, though there is a record.");
        RecordAssert.Same(winner, result.Winner, ExpiresTolerance);
    }

    private static void AssertGone(WriteResult result) =>
        Assert.True(result.IsGone, "The answer was not Gone, though there is no record.");
}
