using System.Diagnostics;
using System.Globalization;
using FuelSessions.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>An app in a process of its own, which a test may kill or keep from growing files.</summary>
internal sealed class ChildApp : IAsyncDisposable
{
    /// <summary>Of a response that failed: whether the session may be stored all the same.</summary>
    internal const string OutcomeHeader = "X-Outcome";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly TestBrowser _browser;

    private ChildApp(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _browser = new TestBrowser(address, "TestBrowser/1.0");
    }

    internal TestBrowser Browser => _browser;

    internal Uri Address { get; }

    /// <param name="driver"><c>file</c>, <c>sqlite</c>, <c>postgres</c> or <c>mariadb</c>; <c>default</c>: an app that configures nothing.</param>
    /// <param name="where">Folder or connection string; of an app that configures nothing, its user's home.</param>
    /// <param name="jar">The cookies of a browser that outlived an earlier process.</param>
    /// <param name="largestFile">In bytes, as a full disk would end a write; null: unlimited.</param>
    internal static async Task<ChildApp> StartAsync(string driver, string where, IEnumerable<KeyValuePair<string, string>>? jar = null, int? largestFile = null)
    {
        string[] command = [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", typeof(ChildApp).Assembly.Location, driver, where];
        if (largestFile is { } bytes)
        {
            // In units of 512 bytes; with the signal ignored, the write that would go beyond fails.
            string limit = string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {bytes / 512}; exec \"$@\"");
            command = ["/bin/sh", "-c", limit, "sh", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,

            // The runtime's own memory files are not what is to be limited.
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        };
        if (driver == "default")
        {
            start.Environment.Remove("XDG_DATA_HOME");
            start.WorkingDirectory = Path.GetDirectoryName(where);
            start.Environment["HOME"] = where;
            start.Environment["TMPDIR"] = Path.Join(start.WorkingDirectory, "tmp");
        }

        Process process = Process.Start(start)!;
        using var longest = new CancellationTokenSource(Longest);
        string? address = await process.StandardOutput.ReadLineAsync(longest.Token);
        Assert.NotNull(address);
        var app = new ChildApp(process, new Uri(address));
        foreach ((string name, string value) in jar ?? [])
        {
            app.Browser.Jar[name] = value;
        }

        return app;
    }

    /// <summary>Asks it to end, as whoever runs it does.</summary>
    internal async Task StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var longest = new CancellationTokenSource(Longest);
        await _process.WaitForExitAsync(longest.Token);
    }

    internal async Task KillAsync()
    {
        _process.Kill();
        using var longest = new CancellationTokenSource(Longest);
        await _process.WaitForExitAsync(longest.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _browser.Dispose();
        _process.Dispose();
    }

    /// <summary>The child's side.</summary>
    internal static async Task<int> ServeAsync(string[] args)
    {
        if (args is not [string driver, string where])
        {
            await Console.Error.WriteLineAsync("Run the tests with `dotnet test`.");
            return 1;
        }

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var clock = new ClockAhead();
        builder.Services.AddSingleton<TimeProvider>(clock);
        FuelSessionsBuilder sessions = driver == "default" ? builder.Services.AddFuelSessions() : builder.Services.AddFuelSessions(options =>
        {
            options.Driver = driver == "file" ? "file" : "db";
            options.Path = driver == "file" ? where : null;

            // Keys would have to outlive the process too.
            options.EncryptCookie = false;

            // However slow this machine is: in a storm each request waits for all before it.
            options.StoreTimeout = TimeSpan.FromMinutes(1);
        });
        _ = driver switch
        {
            "sqlite" => sessions.AddDbDriver(db => db.UseSqlite(where)),
            "postgres" => sessions.AddDbDriver(db => db.UseNpgsql(where)),
            "mariadb" => sessions.AddDbDriver(db => db.UseMySQL(where)),
            _ => sessions,
        };
        await using WebApplication app = builder.Build();
        app.UseExceptionHandler(errors => errors.Run(http =>
        {
            bool isUnknown = http.Features.GetRequiredFeature<IExceptionHandlerFeature>().Error is SessionStoreException { IsOutcomeUnknown: true };
            http.Response.Headers[OutcomeHeader] = isUnknown ? "unknown" : "none";
            return http.Response.WriteAsync("failed");
        }));
        app.UseFuelSessions();
        app.MapGet("/count", (Session session) => session.Increment("count").ToString(CultureInfo.InvariantCulture));
        app.MapGet("/later", () => clock.Ahead += TimeSpan.FromMinutes(6));
        app.MapGet("/look", (Session session) => session.Get<long>("count").ToString(CultureInfo.InvariantCulture));
        app.MapGet("/grow/{size:int}", (Session session, int size) => session.Set("text", new string('x', size)).Get<string>("text")!.Length);
        app.MapGet("/size", (Session session) => session.Get<string>("text")?.Length ?? 0);
        if (driver is not ("file" or "default"))
        {
            await app.EnsureFuelSessionsCreatedAsync();
        }

        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.Single());
        await app.WaitForShutdownAsync();
        return 0;
    }

    private sealed class ClockAhead : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
