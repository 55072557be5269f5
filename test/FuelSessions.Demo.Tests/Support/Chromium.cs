using System.Collections.Concurrent;
using FuelSessions.Tests.Servers;
using Microsoft.Playwright;

namespace FuelSessions.Demo.Tests.Support;

/// <summary>The machine's own Chromium; none is downloaded. Without one the tests are skipped, in CI they fail.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // Upper bounds, for machines that have other things to do and have never started a browser before.
    internal const float MostMilliseconds = 120_000;

    private static readonly string[] _places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where it is.</summary>
    /// <exception cref="ServerMissingException">There is none.</exception>
    internal static string Program => Found ?? throw Missing();

    // Chromium's sandbox does not work for root.
    internal static string[] Arguments { get; } =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>(),
    ];

    private static string? Found => _places.FirstOrDefault(File.Exists);

    public async Task InitializeAsync()
    {
        if (Found is not { } program)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(MostMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Headless = true,
            Timeout = MostMilliseconds,
            Args = Arguments,
        });
    }

    /// <summary>A page of a browser profile of its own, which fails the test if a script or the content policy complains.</summary>
    /// <param name="userAgent">What it calls itself; null: what it is.</param>
    internal async Task<IPage> NewPageAsync(Uri address, ConcurrentQueue<string> complaints, string? userAgent = null)
    {
        IBrowser browser = _browser ?? throw Missing();
        IPage page = await browser.NewPageAsync(new() { BaseURL = address.AbsoluteUri, UserAgent = userAgent });
        page.SetDefaultTimeout(MostMilliseconds);
        page.Console += (_, message) => Add(message.Type is "error" or "warning" ? message.Text : null);
        page.PageError += (_, error) => Add(error);
        return page;

        void Add(string? complaint)
        {
            if (complaint is not null)
            {
                complaints.Enqueue(complaint);
            }
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private static Exception Missing() => ServerMissingException.Because("There is no Chromium (Debian: apt-get install chromium).");
}
