using FuelSessions.Tests;
using FuelSessions.Tokens.Stores;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Stores.Support;

/// <summary>Makes managers as an app's start does.</summary>
internal static class Client
{
    internal const string Name = "podio";

    internal static StoredTokenManager Manager(
        TokenSessionOptions options,
        TimeProvider? clock = null,
        IDataProtectionProvider? protection = null,
        LogRecorder? logs = null,
        IServiceProvider? services = null) =>
        (StoredTokenManager)options.CreateManager!(
            services ?? new ServiceCollection().BuildServiceProvider(),
            new TokenStoreContext(Name, clock ?? TimeProvider.System, LoggerFactory.Create(builder => builder.AddProvider(logs ?? new LogRecorder())), protection));

    internal static TokenKey Key(string owner = "ada", AuthIdentity? identity = null, string client = Name) =>
        new(client, owner, identity ?? AuthIdentity.AuthorizationCode());

    internal static OAuthToken Token(string secret, DateTimeOffset? expires = null) => new()
    {
        AccessToken = "access-" + secret,
        RefreshToken = "refresh-" + secret,
        ExpiresAt = expires,
    };
}
