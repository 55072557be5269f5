using System.Security.Cryptography;
using FuelSessions.Demo.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.Playwright;

namespace FuelSessions.Demo.Tests.DeviceBinding;

/// <summary>Chromium with profiles of its own that outlive it, and with keys in software where the device has no place for them.</summary>
public sealed class Profiles : IAsyncLifetime
{
    private readonly List<IBrowserContext> _open = [];
    private int _sites;
    private IPlaywright _playwright = null!;

    internal TestCertificate Certificate { get; } = new();

    internal string Folder { get; } = Directory.CreateTempSubdirectory("fuelsessions-bound-").FullName;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Chromium.MostMilliseconds);
        _playwright = await Playwright.CreateAsync();
    }

    internal Task<BoundSite> SiteAsync() => BoundSite.StartAsync(Certificate, Path.Combine(Folder, $"site-{Interlocked.Increment(ref _sites)}"));

    internal Task<BoundSite> TwoNodesAsync(string redis) => BoundSite.StartTwoNodesAsync(Certificate, Path.Combine(Folder, $"site-{Interlocked.Increment(ref _sites)}"), redis);

    internal async Task<IBrowserContext> OpenAsync(string name)
    {
        // Both features, or nothing is registered; without the limit of signatures that Chromium sets itself. One switch, as a later one replaces an earlier.
        string[] arguments =
        [
            "--enable-features=EnableBoundSessionCredentialsSoftwareKeysForManualTesting,DeviceBoundSessions:RefreshQuota/false",
            $"--ignore-certificate-errors-spki-list={Convert.ToBase64String(SHA256.HashData(Certificate.Server.PublicKey.ExportSubjectPublicKeyInfo()))}",
            "--host-resolver-rules=MAP elsewhere.test 127.0.0.1",
        ];
        IBrowserContext context = await _playwright.Chromium.LaunchPersistentContextAsync(Path.Combine(Folder, name), new()
        {
            ExecutablePath = Chromium.Program,
            Headless = true,
            Timeout = Chromium.MostMilliseconds,
            Args = [.. Chromium.Arguments, .. arguments],
        });
        _open.Add(context);
        return context;
    }

    public async Task DisposeAsync()
    {
        foreach (IBrowserContext context in _open)
        {
            await context.DisposeAsync();
        }

        _playwright.Dispose();
        Certificate.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
