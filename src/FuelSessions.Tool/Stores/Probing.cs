using FuelSessions.Drivers;
using FuelSessions.Engine;

namespace FuelSessions.Tool.Stores;

/// <summary>The round trip of the health check.</summary>
internal static class Probing
{
    internal const string What = "round trip";
    internal const string Fix = "The store must take what is written. Look at its rights, its room, and whether it is a replica.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    internal static async Task<Finding> FoundAsync(string name, ISessionDriver driver)
    {
        try
        {
            TimeSpan slowest = await new StoreProbe(new SessionStorage(name, driver), Timeout, TimeProvider.System).RunAsync();
            return new Finding(What, $"a record was written, compared, read and removed; slowest call {slowest.TotalMilliseconds:0.0} ms");
        }
        catch (Exception error) when (error is SessionStoreException or StoreProbeException)
        {
            return new Finding(What, error.Message, Fix);
        }
    }
}
