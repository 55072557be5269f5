using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Demo.Authority;

/// <summary>What OpenIddict keeps: clients, sign-ins, tokens.</summary>
internal sealed class AuthorityContext(DbContextOptions<AuthorityContext> options) : DbContext(options);
