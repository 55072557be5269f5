using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Docs;

/// <summary>What docs/authentication.md shows of ASP.NET Core Identity, word for word.</summary>
internal static class IdentitySamples
{
    internal static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddIdentity<AppUser, IdentityRole>().AddEntityFrameworkStores<AppDbContext>();
        builder.Services.AddAuthentication().AddFuelSessions(IdentityConstants.ApplicationScheme);
    }

    private sealed class AppUser : IdentityUser;

    private sealed class AppDbContext(DbContextOptions<AppDbContext> options) : IdentityDbContext<AppUser>(options);
}
