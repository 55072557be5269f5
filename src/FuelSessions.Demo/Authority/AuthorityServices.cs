using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Validation;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace FuelSessions.Demo.Authority;

/// <summary>
/// An OAuth provider by people who do that for a living, OpenIddict, as strict as it gets: it demands PKCE, each refresh token is good once, and
/// one that is used again revokes everything since its sign-in.
/// </summary>
internal static class AuthorityServices
{
    private const int MostAddresses = 50;

    /// <summary>Adds the provider, with its tables on the given database.</summary>
    internal static void AddAuthority(this IServiceCollection services, AuthorityClient client, Action<DbContextOptionsBuilder> database)
    {
        services.AddSingleton(client);
        services.AddSingleton<AuthorityCounts>();
        services.AddDbContext<AuthorityContext>(options =>
        {
            database(options);
            options.UseOpenIddict();
        });
        services.AddAuthentication();
        services.AddAuthorization();
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<AuthorityContext>())
            .AddServer(server =>
            {
                server.SetAuthorizationEndpointUris("provider/oauth/authorize").SetTokenEndpointUris("provider/oauth/token").SetRevocationEndpointUris("provider/oauth/revoke");
                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow().AllowPasswordFlow();
                server.RequireProofKeyForCodeExchange();
                server.SetRefreshTokenReuseLeeway(TimeSpan.Zero).UseReferenceAccessTokens().UseReferenceRefreshTokens();
                server.SetAccessTokenLifetime(client.AccessLifetime).RegisterScopes(client.Scope);

                // Of this process only, and of kinds that are made in no time.
                server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32))).AddEphemeralSigningKey(SecurityAlgorithms.EcdsaSha256);
                server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
                validation.EnableTokenEntryValidation();
                validation.EnableAuthorizationEntryValidation();
            });
        services.Configure<OpenIddictServerOptions>(options => options.TimeProvider = client.Clock);
        services.Configure<OpenIddictValidationOptions>(options => options.TimeProvider = client.Clock);
    }

    /// <summary>Makes the provider's tables, and registers the client.</summary>
    /// <param name="redirectUris">Where its users may be sent back to.</param>
    internal static async Task EnsureAuthorityCreatedAsync(this IServiceProvider services, AuthorityClient client, params Uri[] redirectUris)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AuthorityContext>().Database.EnsureCreatedAsync();
        var applications = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = client.Id,
            ClientType = ClientTypes.Confidential,
            ClientSecret = client.Secret,
            Permissions =
            {
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.Token,
                Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.GrantTypes.RefreshToken,
                Permissions.GrantTypes.ClientCredentials,
                Permissions.GrantTypes.Password,
                Permissions.ResponseTypes.Code,
                Permissions.Prefixes.Scope + client.Scope,
            },
        };
        descriptor.RedirectUris.UnionWith(redirectUris);
        if (await applications.FindByClientIdAsync(client.Id) is { } known)
        {
            await applications.UpdateAsync(known, descriptor);
        }
        else
        {
            await applications.CreateAsync(descriptor);
        }
    }

    /// <summary>
    /// Lets users be sent back to one more address. An app's owner does that at the provider's own page; here the app does, which learns from its
    /// first visitor under which address it is known.
    /// </summary>
    internal static async Task AllowAsync(this IOpenIddictApplicationManager applications, AuthorityClient client, Uri redirectUri)
    {
        object known = await applications.FindByClientIdAsync(client.Id) ?? throw new InvalidOperationException("The provider does not know the client.");
        var descriptor = new OpenIddictApplicationDescriptor();
        await applications.PopulateAsync(descriptor, known);
        if (descriptor.RedirectUris.Count < MostAddresses && descriptor.RedirectUris.Add(redirectUri))
        {
            await applications.UpdateAsync(known, descriptor);
        }
    }
}
