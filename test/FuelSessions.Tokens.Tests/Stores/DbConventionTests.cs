using FuelSessions.Tests;
using FuelSessions.Tests.Conventions;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>Tokens in contexts that do the same thing to every table.</summary>
[Collection(StoresOnPostgres.Name)]
public sealed class DbConventionTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Conventions => ConventionContext.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Conventions))]
    public Task Do_not_reach_the_tokens_on_sqlite(string convention) => AssertWorksAsync(convention, options => options.UseSqlite(_folder.Sqlite));

    [Theory]
    [MemberData(nameof(Conventions))]
    public async Task Do_not_reach_the_tokens_on_postgres(string convention)
    {
        string database = await server.CreateDatabaseAsync();
        await AssertWorksAsync(convention, options => options.UseNpgsql(database));
    }

    [Theory]
    [MemberData(nameof(ConventionContext.Spoiling), MemberType = typeof(ConventionContext))]
    public async Task That_would_cut_or_change_what_is_stored_are_refused(string convention)
    {
        string database = await server.CreateDatabaseAsync();
        await using ServiceProvider services = Services(convention, options => options.UseNpgsql(database));
        StoredTokenManager manager = Manager(services);
        foreach (Func<Task> step in (Func<Task>[])[() => ((ILookAtStart)manager.Store).LookAsync(default), () => manager.SetAsync(Client.Token("1"), Client.Key())])
        {
            Assert.StartsWith("The model of ConventionContext ", (await Assert.ThrowsAnyAsync<InvalidOperationException>(step)).Message);
        }
    }

    internal static async Task AssertWorksAsync(string convention, Action<DbContextOptionsBuilder> use)
    {
        await using ServiceProvider services = Services(convention, use);
        await using (AsyncServiceScope scope = services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ConventionContext>().Database.EnsureCreatedAsync();
        }

        // Long ones: protected, they are longer still.
        OAuthToken first = Client.Token(new string('a', 900)), second = Client.Token(new string('b', 900));
        StoredTokenManager manager = Manager(services);
        await manager.SetAsync(first, Client.Key());
        Assert.Equal(first.AccessToken, (await manager.GetAsync(Client.Key())).AccessToken);
        Assert.True(await manager.TryReplaceAsync(first, second, Client.Key()));
        Assert.False(await manager.TryReplaceAsync(first, second, Client.Key()));
        Assert.Equal(second.RefreshToken, (await manager.GetAsync(Client.Key())).RefreshToken);
        await manager.SetAsync(OAuthToken.Empty, Client.Key());
        Assert.True((await manager.GetAsync(Client.Key())).IsEmpty);
    }

    private static ServiceProvider Services(string convention, Action<DbContextOptionsBuilder> use)
    {
        ConventionContext.Convention.Value = convention;
        return new ServiceCollection()
            .AddDbContext<ConventionContext>(options => use(ConventionContext.Add(options, convention)))
            .BuildServiceProvider(validateScopes: true);
    }

    private static StoredTokenManager Manager(ServiceProvider services) =>
        Client.Manager(new TokenSessionOptions().UseDb<ConventionContext>(), protection: new EphemeralDataProtectionProvider(), services: services);
}
