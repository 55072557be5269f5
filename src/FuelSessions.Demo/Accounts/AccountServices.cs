using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Demo.Accounts;

/// <summary>Accounts with passwords: ASP.NET Core Identity as it comes, on SQLite, but for one thing: its users are signed in to their session.</summary>
internal static class AccountServices
{
    internal static void AddAccounts(this WebApplicationBuilder builder, string data)
    {
        IServiceCollection services = builder.Services;
        services.AddDbContext<AccountContext>(db => db.UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "accounts.db") }.ToString()));
        services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<AccountContext>();
        services.AddAuthentication().AddFuelSessions(IdentityConstants.ApplicationScheme, scheme => scheme.LoginPath = "/account/sign-in");
    }

    /// <summary>Makes Identity's tables if they are not there.</summary>
    internal static async Task EnsureAccountsCreatedAsync(this IServiceProvider services)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AccountContext>().Database.EnsureCreatedAsync();
    }
}
