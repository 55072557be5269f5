using FuelSessions.IntegrationTests.Support;
using FuelSessions.IntegrationTests.Support.Stores;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>[F3] A record that can't be decoded is nobody's session, and is left as it is.</summary>
public sealed class DamageTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    public async Task D14_a_record_cut_short(string store)
    {
        SessionApp app = await StartAsync(store);
        foreach (Damage damage in Enum.GetValues<Damage>())
        {
            TestBrowser browser = app.NewBrowser();
            TestBrowser bystander = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada").Set("text", new string('x', 500)));
            await app.DoneAsync(bystander, session => session.Set("user", "Bob"));
            SessionKey key = await app.KeyAsync(browser);
            TestBrowser later = app.CopyOf(browser);
            byte[] whole = await app.Store.BytesAsync(key);
            byte[] damaged = Damaged(whole, damage);
            await app.Store.OverwriteAsync(key, damaged);
            app.Told.Clear();

            // No error page: the visitor goes on with a new session, under another key.
            TestResponse looked = await app.DoneAsync(browser, session => Assert.Empty(session.All()));
            Assert.Empty(looked.SetCookies);
            await app.DoneAsync(browser, session => session.Set("user", "Eve"));
            Assert.Equal("Eve", await app.GetAsync(browser, "user"));
            Assert.NotEqual(key, await app.KeyAsync(browser));

            Assert.Equal(2, app.Events.Count(e => e.Kind == SessionEventKind.Unreadable));
            Assert.Equal(damaged, await app.Store.BytesAsync(key));
            Assert.Equal("Bob", await app.GetAsync(bystander, "user"));

            // Who restores the bytes has the session back.
            await app.Store.OverwriteAsync(key, whole);
            Assert.Equal("Ada", await app.GetAsync(later, "user"));
        }
    }

    /// <summary>Damaged between a request's read and its write: the request fails aloud, or stores a whole record.</summary>
    [Fact]
    public async Task D14_a_file_damaged_while_a_request_was_under_way()
    {
        SessionApp app = await StartAsync("file");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        SessionKey key = await app.KeyAsync(browser);
        byte[] damaged = [1, 2, 3];
        TestResponse response = await app.DoAsync(browser, session =>
        {
            session.Set("user", "Eve");
            return app.Store.OverwriteAsync(key, damaged);
        });
        app.AssertFailed<SessionStoreException>(response);
        Assert.Equal(damaged, await app.Store.BytesAsync(key));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    public async Task D14_a_damaged_record_can_be_destroyed_by_nobody_but_its_end(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        SessionKey key = await app.KeyAsync(browser);
        byte[] damaged = Damaged(await app.Store.BytesAsync(key), Damage.Flipped);
        await app.Store.OverwriteAsync(key, damaged);

        await app.DoneAsync(browser, session => session.Destroy());
        Assert.Equal(damaged, await app.Store.BytesAsync(key));
    }

    /// <summary>What a crash in the middle of a write leaves is a temporary file, which nobody reads.</summary>
    [Fact]
    public async Task D14_half_a_file_of_a_write_that_a_crash_ended()
    {
        var store = Own(new FileStore());
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string path = store.FileOf(await app.KeyAsync(browser));
        byte[] whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path + ".0123abcd.tmp", whole[..(whole.Length / 2)]);

        SessionApp restarted = await StartAsync(store, clock: app.Clock);
        TestBrowser again = restarted.CopyOf(browser);
        Assert.Equal("Ada", await restarted.GetAsync(again, "user"));
        await restarted.DoneAsync(again, session => session.Set("user", "Ada again"));
        Assert.Equal("Ada again", await restarted.GetAsync(again, "user"));
        Assert.Empty(restarted.Events);
    }

    private static byte[] Damaged(byte[] whole, Damage damage) => damage switch
    {
        Damage.Empty => [],
        Damage.Half => whole[..(whole.Length / 2)],
        Damage.LastByteMissing => whole[..^1],
        Damage.Zeros => new byte[whole.Length],
        Damage.More => [.. whole, 0],
        Damage.Text => "a:1:{s:4:\"user\";s:3:\"Eve\";}"u8.ToArray(),
        Damage.Flipped => Flipped(whole),
        _ => throw new ArgumentOutOfRangeException(nameof(damage)),
    };

    private static byte[] Flipped(byte[] whole)
    {
        byte[] damaged = [.. whole];
        damaged[^20] ^= 0x10;
        return damaged;
    }

    private enum Damage
    {
        Empty,
        Half,
        LastByteMissing,
        Zeros,
        More,
        Text,
        Flipped,
    }
}
