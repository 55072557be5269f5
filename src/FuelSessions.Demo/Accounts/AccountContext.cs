using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Demo.Accounts;

/// <summary>What ASP.NET Core Identity keeps: users, and hashes of their passwords. Who is signed in is kept in the sessions.</summary>
internal sealed class AccountContext(DbContextOptions<AccountContext> options) : IdentityDbContext<IdentityUser>(options);
