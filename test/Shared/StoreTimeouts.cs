using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A test in which a store does not answer wants a short StoreTimeout then, and a long one before and after: what has to be answered takes as long as the machine likes.
/// </summary>
internal static class StoreTimeouts
{
    private const string Setting = "FuelSessions:StoreTimeout";

    /// <summary>For the app's configuration, before it starts.</summary>
    internal static KeyValuePair<string, string?>[] Long => [new(Setting, "00:02:00")];

    internal static void SetLongStoreTimeout(this IServiceProvider services) => SetStoreTimeout(services, TimeSpan.FromMinutes(2));

    /// <summary>From the next call on.</summary>
    internal static void SetStoreTimeout(this IServiceProvider services, TimeSpan timeout)
    {
        var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
        configuration[Setting] = timeout.ToString("c");
        configuration.Reload();
    }
}
