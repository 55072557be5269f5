namespace FuelSessions.Tests.Servers;

/// <summary>A test needs a server that this machine has no binaries of; see <see cref="SkippingTestFramework"/>.</summary>
public sealed class ServerMissingException(string message) : Exception(message)
{
    /// <summary>On a developer's machine a reason to skip the test; in CI, which skips nothing, a failure.</summary>
    public static Exception Because(string reason) => Environment.GetEnvironmentVariable("CI") == "true"
        ? new InvalidOperationException($"{reason} CI=true: no test may be skipped.")
        : new ServerMissingException(reason);
}
