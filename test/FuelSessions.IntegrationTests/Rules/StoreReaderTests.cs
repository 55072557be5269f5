using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>
/// Who reads all that is stored, and the Data Protection keys beside it, gets into no session: what opens one is in the hands of its
/// client only [C6].
/// </summary>
public sealed class StoreReaderTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task What_is_stored_and_the_keys_make_no_token(string store)
    {
        SessionApp app = await StartAsync(store, Channels);
        TestBrowser owner = app.NewBrowser();
        string token = await app.AskAsync(owner, session => session.Set("user", "ada").AttachPrincipal("ada").Token);
        SessionKey key = await app.KeyAsync(owner);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await app.DoneAsync(owner, session => session.Set("page", 2));
        SessionRecord record = (await app.Probe.ReadAsync(key, default))!;
        Assert.NotNull(record.PreviousHash);

        // What an attacker does with the keys is what the app does: the token that it has made, taken apart and sealed again, is good.
        IDataProtector keys = app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("FuelSessions", "v1", app.Store.Driver);
        byte[] plain = keys.Unprotect(Base64Url.DecodeFromChars(token));
        Assert.Equal("ada", await UserAsync(app, Base64Url.EncodeToString(keys.Protect(plain))));

        foreach (UInt128 known in (UInt128[])
            [
                0,
                record.CurrentHash.Bits,
                record.PreviousHash!.Value.Bits,
                record.Nonce!.Value.Bits,
                record.SealedPrevious,
                record.TokenSecret!.Hash.Bits,
                record.TokenSecret.Sealed,
                record.TokenSecret.Hash.Bits ^ record.TokenSecret.Sealed,
                BinaryPrimitives.ReadUInt128BigEndian(key.ToByteArray()),
            ])
        {
            byte[] forged = [.. plain];
            BinaryPrimitives.WriteUInt128BigEndian(forged.AsSpan(17), known);
            Assert.Null(await UserAsync(app, Base64Url.EncodeToString(keys.Protect(forged))));
        }

        // Key, epoch, end and name, which are all that a token of earlier builds had.
        byte[] old = [1, .. key.ToByteArray(), 0, 0, 0, 0, .. plain[33..41], .. SHA256.HashData(Encoding.UTF8.GetBytes(app.Store.CookieName))[..16]];
        BinaryPrimitives.WriteUInt32BigEndian(old.AsSpan(17), record.Epoch);
        Assert.Null(await UserAsync(app, Base64Url.EncodeToString(keys.Protect(old))));
    }

    [Theory, OnServerStores]
    public async Task An_id_that_is_retired_and_all_that_is_stored_make_no_token(string store)
    {
        SessionApp app = await StartAsync(store, options =>
        {
            Channels(options);
            options.EncryptCookie = false;
        });
        TestBrowser owner = app.NewBrowser();
        string token = await app.AskAsync(owner, session => session.Set("user", "ada").Token);
        SessionKey key = await app.KeyAsync(owner);
        Assert.True(SessionId.TryParse(owner.Jar[app.Store.CookieName], out SessionId retired));
        for (int rotation = 0; rotation < 3; rotation++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            await app.DoneAsync(owner, session => session.Get<string>("user"));
        }

        SessionRecord record = (await app.Probe.ReadAsync(key, default))!;
        byte[] plain = app.Services.GetRequiredService<IDataProtectionProvider>()
            .CreateProtector("FuelSessions", "v1", app.Store.Driver)
            .Unprotect(Base64Url.DecodeFromChars(token));
        Assert.Equal(SessionSecret.FromBytes(plain.AsSpan(17, 16)).Hash(), record.TokenSecret!.Hash);
        foreach (SessionSecret made in (SessionSecret[])[retired.Secret, retired.Secret.OpenTokenSecret(record.TokenSecret), retired.Secret.DeriveTokenSecret()])
        {
            Assert.NotEqual(record.TokenSecret.Hash, made.Hash());
        }
    }

    [Theory, OnServerStores]
    public async Task A_token_asks_the_store_for_nothing_more(string store)
    {
        SessionApp app = await StartAsync(store, Channels);
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "ada"));
        app.Probe.Take();
        string token = await app.AskAsync(owner, session => session.Token);
        Assert.Single(app.Probe.Take());
        Assert.Equal("ada", await UserAsync(app, token));
        Assert.Single(app.Probe.Take());
    }

    /// <summary>As after the channel was configured: sessions that began before it get what their tokens need with the first one.</summary>
    [Theory, OnServerStores]
    public async Task A_session_from_before_tokens_were_taken_gets_them_with_the_first(string store)
    {
        Store shared = await NewStoreAsync(store);
        SessionApp before = await StartAsync(shared), app = await StartAsync(shared, Channels, clock: before.Clock);
        TestBrowser owner = before.NewBrowser();
        await before.DoneAsync(owner, session => session.Set("user", "ada"));
        TestBrowser here = app.CopyOf(owner);
        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.AskAsync(here, session => session.Token, path: "/look")));
        for (int rotation = 0; rotation < 3; rotation++)
        {
            foreach (string token in tokens)
            {
                Assert.Equal("ada", await UserAsync(app, token));
            }

            // An app that takes no tokens rotates the session all the same, and keeps what they need.
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            await before.DoneAsync(owner, session => session.Get<string>("user"));
        }
    }

    /// <summary>Where no channel for tokens is named, and a rotation or two come between a session's first token and its save.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_first_token_that_is_not_good_is_told(bool byAnotherToken)
    {
        SessionApp app = await StartAsync("memory");
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "ada"));
        TestBrowser late = app.CopyOf(owner);
        TestResponse response = await app.DoAsync(late, async session =>
        {
            _ = session.Token;
            await app.DoneAsync(owner, other => other.Rotate());
            await app.DoneAsync(owner, other => _ = byAnotherToken ? other.Token : other.Rotate().Fingerprint);
        });
        Assert.Contains("Ask for the token again", app.AssertFailed<SessionStoreException>(response).Message, StringComparison.Ordinal);
        Assert.Equal("ada", await app.GetAsync(owner, "user"));
    }

    [Fact]
    public async Task A_first_token_that_could_not_be_stored_is_told()
    {
        SessionApp app = await StartAsync("memory");
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "ada"));
        app.Probe.Fail(StoreCall.Write);
        app.AssertFailed<SessionStoreException>(await app.DoAsync(owner, session => _ = session.Token, path: "/look"));
        app.Probe.Heal();
        Assert.Equal("ada", await app.GetAsync(owner, "user"));
    }

    [Theory, OnServerStores]
    public async Task What_a_token_s_request_hands_out_is_as_good(string store)
    {
        SessionApp app = await StartAsync(store, Channels);
        TestBrowser owner = app.NewBrowser();
        string token = await app.AskAsync(owner, session => session.Set("user", "ada").Token);
        string? next = null, revoked = null, saved = null;
        await WithAsync(app, token, session => next = session.Token);
        Assert.Equal("ada", await UserAsync(app, next!));

        app.AssertOk(await app.SendAsync(
            app.NewBrowser(),
            async (_, sessions) =>
            {
                Session session = sessions.Current.Rotate(revokePrevious: true);
                revoked = session.Token;
                await session.SaveAsync();
                saved = session.Token;
            },
            edit: request => request.Headers.Add("X-Session", token)));
        Assert.Null(await UserAsync(app, token));
        Assert.Null(await UserAsync(app, next!));
        Assert.Equal("ada", await UserAsync(app, revoked!));
        Assert.Equal("ada", await UserAsync(app, saved!));
    }

    private static void Channels(FuelSessionsOptions options) => options.HeaderName = "X-Session";

    private static async Task<string?> UserAsync(SessionApp app, string token)
    {
        string? user = null;
        await WithAsync(app, token, session => user = session.Get<string>("user"));
        return user;
    }

    private static async Task WithAsync(SessionApp app, string token, Action<Session> act) => app.AssertOk(await app.SendAsync(
        app.NewBrowser(),
        (_, sessions) =>
        {
            act(sessions.Current);
            return Task.CompletedTask;
        },
        edit: request => request.Headers.Add("X-Session", token)));
}
