using FuelSessions;
using FuelSessions.Dashboard;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the dashboard.</summary>
public static class FuelSessionsBuilderDashboardExtensions
{
    /// <summary>
    /// Remembers the last hour of the meter <c>FuelSessions</c> of this process, in slots of ten seconds, for the page that
    /// <c>app.MapFuelSessionsDashboard()</c> shows. An app whose dashboard anybody could open does not start, outside of development.
    /// </summary>
    public static FuelSessionsBuilder AddDashboard(this FuelSessionsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(MeterHistory)))
        {
            return builder;
        }

        builder.Services.AddRouting();
        builder.Services.AddSingleton<MeterHistory>();
        builder.Services.AddSingleton<Gatekeeper>();
        builder.Services.AddSingleton<SettingOrigins>();
        builder.Services.AddSingleton<SettingsInForce>();
        builder.Services.AddSingleton<DashboardData>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MeterHistory>(services => services.GetRequiredService<MeterHistory>()));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Gatekeeper>(services => services.GetRequiredService<Gatekeeper>()));
        return builder;
    }
}
