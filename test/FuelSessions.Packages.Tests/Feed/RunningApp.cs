using System.Diagnostics;
using System.Net;
using FuelSessions.Tests;

namespace FuelSessions.Packages.Tests.Feed;

/// <summary>A throwaway app as a process of its own on a free port, with a home and a working folder of its own, and one browser of it.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    // For machines that have other things to do. An app reads nothing of what is set for a driver that it does not have.
    private static readonly string[] LongTimeouts =
        ["--FuelSessions:StoreTimeout=00:01:00", "--FuelSessions:Memcached:ConnectTimeout=00:01:00", "--FuelSessions:Memcached:ResponseTimeout=00:01:00"];

    private readonly Process _process;
    private readonly HttpClient _browser;
    private readonly CookieContainer _jar = new();

    private RunningApp(Process process, Uri address)
    {
        _process = process;
        _browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _jar }) { BaseAddress = address };
    }

    /// <summary>What the browser sends.</summary>
    internal string Cookies => _jar.GetCookieHeader(_browser.BaseAddress!);

    /// <param name="program">A .dll, or a native program.</param>
    /// <param name="folder">Its working folder and home.</param>
    /// <param name="settings">As on the command line.</param>
    internal static async Task<RunningApp> StartAsync(string program, string folder, params string[] settings)
    {
        string[] arguments = [.. LongTimeouts, .. settings, "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Information"];
        bool isNative = !program.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isNative ? program : "dotnet", isNative ? arguments : [program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = folder;
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        Process process = Process.Start(start)!;
        return new RunningApp(process, await process.AddressAsync());
    }

    internal Uri Address => _browser.BaseAddress!;

    internal Task<string> GetAsync(string path = "/") => _browser.GetStringAsync(path);

    /// <summary>From a browser that another process of the app has given these.</summary>
    internal Task<string> GetAsync(string path, string cookies)
    {
        _jar.SetCookies(_browser.BaseAddress!, cookies);
        return GetAsync(path);
    }

    internal Task<HttpResponseMessage> PostAsync(string path, HttpContent? content = null) => _browser.PostAsync(path, content);

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
