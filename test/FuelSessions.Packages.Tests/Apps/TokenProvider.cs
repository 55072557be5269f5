using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Packages.Tests.Apps;

/// <summary>A provider that knows one user, and an API that knows its tokens.</summary>
internal sealed class TokenProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _signIns;

    private TokenProvider()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/token", async (HttpRequest request) =>
        {
            IFormCollection form = await request.ReadFormAsync();
            if (form["grant_type"] != "password" || form["password"] != "secret")
            {
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            }

            int number = Interlocked.Increment(ref _signIns);
            return Results.Json(new { access_token = $"token-{number}", refresh_token = $"refresh-{number}", token_type = "bearer", expires_in = 3600 });
        });
        _app.MapGet("/me", (HttpRequest request) => request.Headers.Authorization == "Bearer token-1" ? Results.Text("ada") : Results.StatusCode(401));
    }

    internal int SignIns => _signIns;

    internal string[] Settings =>
    [
        $"--Api:Address={_app.Urls.Single()}", $"--Api:TokenEndpoint={_app.Urls.Single()}/token",
        "--Api:ClientId=client", "--Api:ClientSecret=client-secret", "--Api:User=ada", "--Api:Password=secret",
    ];

    internal static async Task<TokenProvider> StartAsync()
    {
        var provider = new TokenProvider();
        await provider._app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
