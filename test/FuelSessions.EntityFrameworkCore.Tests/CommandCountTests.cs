using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W8] One statement where one is enough.</summary>
public sealed class CommandCountTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly CommandLog _commands = new();
    private TestApp _app = null!;
    private SessionRecord _record = null!;

    private ISessionDriver Driver => _app.Driver;

    public async Task InitializeAsync()
    {
        _app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.AddInterceptors(_commands)).CreatedAsync();
        _record = Support.Records.New(_clock.GetUtcNow());
        _commands.Take();
        Assert.True((await Driver.WriteAsync(_record, default)).IsWritten);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_new_session_is_one_insert() => AssertSent("INSERT");

    [Fact]
    public async Task A_read_is_one_select()
    {
        _commands.Take();
        Assert.NotNull(await Driver.ReadAsync(_record.Key, default));
        AssertSent("SELECT");
        Assert.NotNull(Driver.Read(_record.Key, default));
        AssertSent("SELECT");
        Assert.Null(await Driver.ReadAsync(SessionKey.Create(), default));
        AssertSent("SELECT");
    }

    [Fact]
    public async Task A_change_is_one_update()
    {
        _commands.Take();
        Assert.True((await Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        AssertSent("UPDATE");
    }

    [Fact]
    public async Task A_lost_race_adds_one_select()
    {
        Assert.True((await Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        _commands.Take();
        Assert.NotNull((await Driver.WriteAsync(_record.Next([2]), default)).Winner);
        AssertSent("UPDATE", "UPDATE", "SELECT");
        Assert.NotNull((await Driver.WriteAsync(_record, default)).Winner);
        AssertSent("INSERT", "SELECT");
    }

    /// <summary>SQLite writes the index of each column that is set, whatever it is set to.</summary>
    [Fact]
    public async Task A_change_that_leaves_end_and_principal_alone_leaves_their_indexes_alone()
    {
        _commands.Take();
        Assert.True((await Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.DoesNotMatch("SET .*(expires|principal).* WHERE", Assert.Single(_commands.Take()));
        Assert.Equal([1], (await Driver.ReadAsync(_record.Key, default))!.Data.ToArray());
    }

    [Fact]
    public async Task A_change_of_end_or_principal_takes_a_second_statement()
    {
        SessionRecord moved = _record.Next([1]) with { Expires = _record.Expires.AddMinutes(1) };
        _commands.Take();
        Assert.True((await Driver.WriteAsync(moved, default)).IsWritten);
        AssertSent("UPDATE", "UPDATE");
        SessionRecord named = moved.Next([2]) with { Principal = "ann" };
        Assert.True((await Driver.WriteAsync(named, default)).IsWritten);
        AssertSent("UPDATE", "UPDATE");
        Assert.True((await Driver.WriteAsync(named.Next([3]), default)).IsWritten);
        AssertSent("UPDATE");
        SessionRecord found = Assert.Single(await ((IFindByPrincipal)Driver).FindByPrincipalAsync("ann", default));
        Assert.Equal(moved.Expires, found.Expires);
        Assert.Equal([3], found.Data.ToArray());
    }

    [Fact]
    public async Task A_touch_is_one_update_of_one_column()
    {
        _commands.Take();
        Assert.True((await Driver.TouchAsync(_record.Key, _record.Version, _record.Expires.AddMinutes(1), default)).IsWritten);
        string update = Assert.Single(_commands.Take());
        Assert.StartsWith("UPDATE", update);
        Assert.DoesNotContain("payload", update);
    }

    [Fact]
    public async Task A_destroyed_session_is_one_delete()
    {
        _commands.Take();
        await Driver.DeleteAsync(_record.Key, _record.Version, default);
        AssertSent("DELETE");
    }

    [Fact]
    public async Task A_batch_of_expired_sessions_is_one_delete_which_is_moved_into_the_file()
    {
        _clock.Advance(TimeSpan.FromHours(3));
        _commands.Take();
        Assert.Equal(1, await ((ICollectExpired)Driver).CollectExpiredAsync(100, default));
        AssertSent("DELETE", "PRAGMA");
    }

    private void AssertSent(params string[] verbs) => Assert.Equal(verbs, _commands.Take().Select(command => command.Split(' ', '\n')[0]));
}
