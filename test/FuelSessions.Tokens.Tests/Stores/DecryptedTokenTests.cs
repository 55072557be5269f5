using System.Security.Cryptography;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>A token is decrypted once for as long as exactly that is stored, and no longer.</summary>
public sealed class DecryptedTokenTests : IAsyncDisposable
{
    private static readonly TokenKey Key = new(Client.Name, "ada", AuthIdentity.AuthorizationCode());

    private readonly CountingProtection _protection = new();
    private readonly StoredTokenManager _manager;

    public DecryptedTokenTests() => _manager = Client.Manager(
        new TokenSessionOptions().UseMemory(), FakeClock.AtPresent(), _protection, new LogRecorder(), new ServiceCollection().BuildServiceProvider());

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task It_is_decrypted_once_until_another_one_is_stored()
    {
        await _manager.SetAsync(Client.Token("1"), Key);
        for (int call = 0; call < 3; call++)
        {
            Assert.Equal(Client.Token("1"), await _manager.GetAsync(Key));
        }

        // Both secrets.
        Assert.Equal(2, _protection.Decrypted);
        Assert.True(await _manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), Key));
        Assert.Equal(Client.Token("2"), await _manager.GetAsync(Key));
        Assert.Equal(4, _protection.Decrypted);
    }

    [Fact]
    public async Task What_is_gone_is_not_remembered()
    {
        await _manager.SetAsync(Client.Token("1"), Key);
        StoredToken stored = (await _manager.Store.ReadAsync(Key, default))!;
        await _manager.GetAsync(Key);
        await _manager.SetAsync(OAuthToken.Empty, Key);
        Assert.Same(OAuthToken.Empty, await _manager.GetAsync(Key));
        Assert.True(await _manager.Store.TryWriteAsync(Key, 0, stored, default));
        Assert.Equal(Client.Token("1"), await _manager.GetAsync(Key));
        Assert.Equal(4, _protection.Decrypted);
    }

    /// <summary>Its number alone would be forged by whoever can write into the store.</summary>
    [Fact]
    public async Task Another_cipher_under_the_same_version_is_decrypted()
    {
        await _manager.SetAsync(Client.Token("1"), Key);
        StoredToken stored = (await _manager.Store.ReadAsync(Key, default))!;
        await _manager.GetAsync(Key);
        Assert.True(await _manager.Store.TryWriteAsync(Key, stored.Version, stored with { AccessToken = stored.RefreshToken }, default));
        Assert.Same(OAuthToken.Empty, await _manager.GetAsync(Key));
    }

    [Fact]
    public async Task They_do_not_become_more_and_more()
    {
        for (int user = 0; user <= DecryptedTokens.Most; user++)
        {
            var key = new TokenKey(Client.Name, $"user {user}", AuthIdentity.AuthorizationCode());
            await _manager.SetAsync(Client.Token("1"), key);
            await _manager.GetAsync(key);
        }

        int before = _protection.Decrypted;
        await _manager.GetAsync(new TokenKey(Client.Name, "user 0", AuthIdentity.AuthorizationCode()));
        Assert.Equal(before + 2, _protection.Decrypted);
    }

    private sealed class CountingProtection : IDataProtectionProvider, IDataProtector
    {
        private readonly IDataProtector _inner = new EphemeralDataProtectionProvider().CreateProtector("tests");

        internal int Decrypted { get; private set; }

        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => _inner.Protect(plaintext);

        /// <exception cref="CryptographicException">It is not of this one's making.</exception>
        public byte[] Unprotect(byte[] protectedData)
        {
            Decrypted++;
            return _inner.Unprotect(protectedData);
        }
    }
}
