using FuelSessions.Tests.Conventions;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.Tests.Stores;

[Collection(StoresOnMariaDb.Name)]
public sealed class DbConventionsOnMariaDb(MariaDbServer server)
{
    public static TheoryData<string> Conventions => ConventionContext.NamesWithoutSchemas;

    [Theory]
    [MemberData(nameof(Conventions))]
    public async Task Do_not_reach_the_tokens(string convention)
    {
        string database = await server.CreateDatabaseAsync();
        await DbConventionTests.AssertWorksAsync(convention, options => options.UseMySQL(database));
    }
}
