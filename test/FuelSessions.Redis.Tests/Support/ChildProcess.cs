using System.Diagnostics;
using FuelSessions.Records;
using FuelSessions.Redis.Tests.Failover;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>Another process that works on the same Redis: this assembly, started with a command.</summary>
internal static class ChildProcess
{
    internal const string Increment = "increment";
    internal const string Serve = "serve";
    internal const string Failover = "failover";

    internal static Process Start(params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, ["exec", typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    internal static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case [Increment, string redis, string key, string times] when SessionKey.TryParseHex(key, out SessionKey session):
                await using (var node = new Node(redis))
                {
                    await node.Driver.IncrementAsync(session, int.Parse(times));
                }

                return 0;
            case [Serve, string redis, string port]:
                await ServeAsync(redis, port);
                return 0;
            case [Failover]:
                await FailoverFigures.PrintAsync();
                return 0;
            default:
                Console.Error.WriteLine("Run the tests with `dotnet test`.");
                return 1;
        }
    }

    // Serves until its standard input is closed: by the test, or because the test process is gone.
    private static async Task ServeAsync(string redis, string port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().SetApplicationName("shared");
        builder.Services
            .AddFuelSessions(options =>
            {
                options.Driver = "redis";
                options.RotationTime = TimeSpan.FromMilliseconds(300);
                options.StoreTimeout = TimeSpan.FromSeconds(30);
            })
            .AddRedisDriver(redis)
            .PersistDataProtectionKeys();
        await using WebApplication app = builder.Build();
        app.UseFuelSessions();
        app.MapGet("/add", (Session session) => session.Increment("counter"));
        app.MapGet("/look", (Session session) => session.Get<long>("counter"));
        await app.StartAsync();
        Console.WriteLine("ready");
        while (Console.In.Peek() >= 0)
        {
            Console.In.Read();
        }

        await app.StopAsync();
    }
}
