using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>Ours with authentication on the session: whoever begins one is signed in to it.</summary>
internal sealed class SignedInSession(ServerSettings settings) : OurSession(settings)
{
    public override async Task UseAsync(WebApplication app)
    {
        await base.UseAsync(app);
        app.UseAuthentication();
    }

    public override async ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data)
    {
        await base.BeginAsync(context, data);
        await context.SignInAsync(SignedInUser.Create());
    }

    protected override void Add(FuelSessionsBuilder sessions) => sessions.Services.AddAuthentication().AddFuelSessions();
}
