using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FuelSessions.Testing;

/// <summary>
/// What <see cref="IFindByPrincipal"/> promises, as tests: for a driver that has that ability, beside the suite that it derives from otherwise.
/// </summary>
/// <remarks>Several drivers may share a store, left-overs included: the suite uses names of its own.</remarks>
public abstract class PrincipalFindingConformance : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _ada = $"Ada {SessionKey.Create().ToHex()}";
    private ISessionDriver? _driver;

    /// <summary>The clock that the driver was made with. It starts at the present.</summary>
    protected FakeTimeProvider Clock { get; } = FakeClock.AtPresent();

    /// <summary>The driver under test.</summary>
    protected ISessionDriver Driver => _driver ?? throw new InvalidOperationException("The driver is made by InitializeAsync.");

    private IFindByPrincipal Finder => Assert.IsAssignableFrom<IFindByPrincipal>(Driver);

    /// <summary>Makes the driver, ready for use; disposed after the test if it is disposable.</summary>
    /// <param name="clock">The driver's clock.</param>
    protected abstract ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock);

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

    /// <summary>All records of a principal are found, whole, and no others.</summary>
    [Fact]
    public async Task The_records_of_a_principal_are_found()
    {
        SessionRecord first = await StoredAsync(_ada);
        SessionRecord full = await StoredAsync(SampleRecords.Full(Clock.GetUtcNow()) with { Principal = _ada });
        await StoredAsync(_ada + "x");
        await StoredAsync(principal: null);
        await AssertFoundAsync(_ada, first, full);
        Assert.Empty(await Finder.FindByPrincipalAsync(_ada + "y", None));
    }

    /// <summary>Names are compared by their character codes, and may be any text that a record may have.</summary>
    [Fact]
    public async Task Names_are_compared_exactly()
    {
        string[] names = [_ada, _ada.ToUpperInvariant(), _ada + " ", _ada + "\u00e4", _ada + "a\u0308", $"../{_ada}*?:|\"'%", $"{_ada}\U0001F600", new string('x', 219) + _ada[4..]];
        List<SessionRecord> stored = [];
        foreach (string name in names)
        {
            stored.Add(await StoredAsync(name));
        }

        foreach (SessionRecord record in stored)
        {
            await AssertFoundAsync(record.Principal!, record);
        }
    }

    /// <summary>A record is found as it is by now, with the end that a touch gave it.</summary>
    [Fact]
    public async Task The_latest_version_is_found()
    {
        SessionRecord record = await StoredAsync(_ada);
        SessionRecord next = record with { Version = 2, Data = SampleRecords.EveryByte() };
        Assert.True((await Driver.WriteAsync(next, None)).IsWritten);
        DateTimeOffset end = next.Expires.AddMinutes(7);
        Assert.True((await Driver.TouchAsync(next.Key, 2, end, None)).IsWritten);
        await AssertFoundAsync(_ada, next with { Expires = end });
    }

    /// <summary>A record that was nobody's, or another one's, is found by its new owner only.</summary>
    [Fact]
    public async Task A_record_that_changes_hands_is_found_by_its_owner_only()
    {
        SessionRecord record = await StoredAsync(principal: null);
        await AssertFoundAsync(_ada);
        record = await GivenAsync(record, _ada);
        await AssertFoundAsync(_ada, record);
        SessionRecord grace = await GivenAsync(record, _ada + " Grace");
        await AssertFoundAsync(_ada);
        await AssertFoundAsync(_ada + " Grace", grace);
        SessionRecord nobody = await GivenAsync(grace, principal: null);
        await AssertFoundAsync(_ada + " Grace");
        await AssertFoundAsync(_ada, await GivenAsync(nobody, _ada));
    }

    /// <summary>Deleted and expired records are not found, and leave the others alone.</summary>
    [Fact]
    public async Task What_is_gone_is_not_found()
    {
        SessionRecord stays = await StoredAsync(_ada);
        SessionRecord deleted = await StoredAsync(_ada);
        await StoredAsync(SampleRecords.Bare(Clock.GetUtcNow(), TimeSpan.FromSeconds(2)) with { Principal = _ada });
        Assert.True((await Driver.DeleteAsync(deleted.Key, 1, None)).IsWritten);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await AssertFoundAsync(_ada, stays);
        await AssertFoundAsync(_ada, stays);
    }

    /// <summary>What was announced is looked at from then on: neither a search before the write nor one an hour later loses the record.</summary>
    [Fact]
    public async Task A_search_between_announcement_and_write_loses_nothing()
    {
        SessionRecord record = SampleRecords.Bare(Clock.GetUtcNow(), TimeSpan.FromHours(10)) with { Principal = _ada };
        await Finder.AnnounceAsync(_ada, record.Key, record.Expires, None);
        await AssertFoundAsync(_ada);
        Clock.Advance(TimeSpan.FromMinutes(20));
        await AssertFoundAsync(_ada);
        Assert.True((await Driver.WriteAsync(record, None)).IsWritten);
        await AssertFoundAsync(_ada, record);
        Clock.Advance(TimeSpan.FromHours(2));
        await AssertFoundAsync(_ada, record);
        await AssertFoundAsync(_ada, record);
    }

    /// <summary>What was announced and never written is nobody's record, and is in the way of nothing.</summary>
    [Fact]
    public async Task What_was_announced_and_not_written_is_not_found()
    {
        SessionRecord record = await StoredAsync(_ada);
        await Finder.AnnounceAsync(_ada, SessionKey.Create(), Clock.GetUtcNow().AddDays(1), None);
        await Finder.AnnounceAsync(_ada, SessionKey.Create(), latestEnd: null, None);
        await AssertFoundAsync(_ada, record);
        Clock.Advance(TimeSpan.FromMinutes(50));
        await AssertFoundAsync(_ada, record);
    }

    /// <summary>Many records of one principal that are written, given away and deleted at the same time leave those that are to be there.</summary>
    [Fact]
    public async Task Concurrent_changes_leave_what_is_there()
    {
        SessionRecord[] kept = await Task.WhenAll(Enumerable.Range(0, 24).Select(number => Task.Run(async () =>
        {
            SessionRecord record = await StoredAsync(_ada);
            await Finder.FindByPrincipalAsync(_ada, None);
            switch (number % 3)
            {
                case 0:
                    Assert.True((await Driver.DeleteAsync(record.Key, 1, None)).IsWritten);
                    return record with { Principal = null };
                case 1:
                    return await GivenAsync(record, principal: null);
                default:
                    return await GivenAsync(await GivenAsync(record, _ada + " Grace"), _ada);
            }
        })));
        await AssertFoundAsync(_ada, [.. kept.Where(record => record.Principal == _ada)]);
    }

    /// <summary>A cancelled search throws.</summary>
    [Fact]
    public async Task A_cancelled_search_throws()
    {
        await StoredAsync(_ada);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Finder.FindByPrincipalAsync(_ada, new CancellationToken(canceled: true)));
    }

    private Task<SessionRecord> StoredAsync(string? principal) => StoredAsync(SampleRecords.Bare(Clock.GetUtcNow()) with { Principal = principal });

    private async Task<SessionRecord> StoredAsync(SessionRecord record)
    {
        await AnnounceAsync(record);
        Assert.True((await Driver.WriteAsync(record, None)).IsWritten, "A new record was not stored.");
        return record;
    }

    private async Task<SessionRecord> GivenAsync(SessionRecord record, string? principal)
    {
        SessionRecord next = record with { Version = record.Version + 1, Principal = principal };
        await AnnounceAsync(next);
        Assert.True((await Driver.WriteAsync(next, None)).IsWritten, "The next version was not stored.");
        return next;
    }

    // As the engine does.
    private ValueTask AnnounceAsync(SessionRecord record) =>
        record.Principal is { } principal ? Finder.AnnounceAsync(principal, record.Key, record.Created + TimeSpan.FromDays(1), None) : default;

    private async Task AssertFoundAsync(string principal, params SessionRecord[] expected)
    {
        IReadOnlyList<SessionRecord> found = await Finder.FindByPrincipalAsync(principal, None);
        Assert.Equal(expected.Length, found.Count);
        foreach (SessionRecord record in expected)
        {
            RecordAssert.Same(record, found.SingleOrDefault(one => one.Key == record.Key), TimeSpan.Zero);
        }
    }
}
