using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.Tests.Accounts;

internal sealed class AccountContext(DbContextOptions<AccountContext> options) : IdentityDbContext<IdentityUser>(options);
