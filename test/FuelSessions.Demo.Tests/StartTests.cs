using System.Net;
using System.Net.Sockets;
using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests;

/// <summary>What can't work stops the demo at its start, with a message for whoever has to fix it.</summary>
public class StartTests
{
    [Theory]
    [InlineData("FuelSessions:CookieSameSite=Sideways", "CookieSameSite", "Sideways", "None, Lax, Strict")]
    [InlineData("FuelSessions:ExpirationTime=-1", "ExpirationTime", "-1", "")]
    [InlineData("FuelSessions:Driver=stone-tablet", "Driver", "stone-tablet", "cookie")]
    [InlineData("FuelSessions:RotatoinTime=00:05:00", "RotatoinTime", "", "")]
    public async Task A_bad_setting_is_named_with_its_value_and_what_is_allowed(string setting, string name, string value, string allowed)
    {
        using var data = new DataFolder();
        (int exitCode, string errors) = await DemoProcess.RunToEndAsync(data.Path, setting);
        Assert.Equal(1, exitCode);
        Assert.Contains(name, errors, StringComparison.Ordinal);
        Assert.Contains(value, errors, StringComparison.Ordinal);
        Assert.Contains(allowed, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    /// <summary>The page says how to come by https, and most machines have no certificate at first.</summary>
    [Fact]
    public async Task A_missing_certificate_is_named_with_what_makes_one()
    {
        using var data = new DataFolder();
        (int exitCode, string errors) = await DemoProcess.RunToEndAsync(data.Path, "urls=https://127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Contains("certificate", errors, StringComparison.Ordinal);
        Assert.Contains("dotnet dev-certs https", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var data = new DataFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://{taken.LocalEndpoint}";
        (int exitCode, string errors) = await DemoProcess.RunToEndAsync(data.Path, $"urls={address}");
        Assert.Equal(1, exitCode);
        Assert.Contains(address, errors, StringComparison.Ordinal);
        Assert.Contains("--urls", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
