using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>The cookie authentication of ASP.NET Core as it comes: the user is in the cookie, nothing at the server, and there is no session.</summary>
internal sealed class SignedInCookie : IVariant
{
    public Task AddServicesAsync(IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        return Task.CompletedTask;
    }

    public Task UseAsync(WebApplication app)
    {
        app.UseAuthentication();
        return Task.CompletedTask;
    }

    public void Declare(IEndpointConventionBuilder endpoint)
    {
    }

    public ValueTask<long> ReadAsync(HttpContext context) => ValueTask.FromResult(0L);

    public ValueTask<long> CountAsync(HttpContext context) => ValueTask.FromResult(0L);

    public long Read(HttpContext context) => 0;

    public long Count(HttpContext context) => 0;

    public async ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data) => await context.SignInAsync(SignedInUser.Create());
}
