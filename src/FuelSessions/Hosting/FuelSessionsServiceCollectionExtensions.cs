using FuelSessions;
using FuelSessions.Configuration;
using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Registry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds FuelSessions to an app.</summary>
public static class FuelSessionsServiceCollectionExtensions
{
    /// <summary>
    /// Adds sessions with the drivers <c>cookie</c>, <c>file</c> and <c>memory</c>, configured by the section
    /// <c>FuelSessions</c> of the app's configuration and then by <paramref name="configure"/>. Calling it again adds to it.
    /// </summary>
    public static FuelSessionsBuilder AddFuelSessions(this IServiceCollection services, Action<FuelSessionsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider =>
        {
            IConfiguration? around = provider.GetService<IConfiguration>();
            return new SessionConfigurationSection(around?.GetSection(SessionConfigurationSection.Name), around);
        });
        return Add(services, configure);
    }

    /// <summary>The same, configured by a section of the caller's choice.</summary>
    public static FuelSessionsBuilder AddFuelSessions(
        this IServiceCollection services,
        IConfigurationSection configuration,
        Action<FuelSessionsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.Replace(ServiceDescriptor.Singleton(new SessionConfigurationSection(configuration)));
        return Add(services, configure);
    }

    private static FuelSessionsBuilder Add(IServiceCollection services, Action<FuelSessionsOptions>? configure)
    {
        var builder = new FuelSessionsBuilder(services);
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(service => service.ServiceType == typeof(SessionServices)))
        {
            return builder;
        }

        services.AddOptions();
        services.AddLogging();
        services.AddMetrics();
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IOptionsFactory<FuelSessionsOptions>, FuelSessionsOptionsFactory>();
        services.AddSingleton<DriverRegistry>();
        services.AddSingleton<LiveProfiles>();
        services.AddTransient(provider => provider.GetRequiredService<LiveProfiles>().Current);
        services.AddSingleton(Changes(""));
        services.AddSingleton<SessionDiagnostics>();
        services.AddSingleton<EventDelivery>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<KeyRingProbe>();
        services.AddSingleton<SessionRegistry>();
        services.TryAddSingleton<ISessionRegistry>(static provider => provider.GetRequiredService<SessionRegistry>());
        services.AddScoped<ISessionStore>(_ => AmbientSessions.Require());
        services.AddScoped(_ => AmbientSessions.Require().Current);
        services.AddHostedService<ExpiredSessionCollector>();

        // A controller's action takes the session as a minimal API does, instead of trying to make one from the request.
        services.Configure<MvcOptions>(options =>
            options.ModelMetadataDetailsProviders.Add(new BindingSourceMetadataProvider(typeof(Session), BindingSource.Services)));

        services.AddSingleton(Changes("cookie"));
        services.AddSingleton(new DriverRegistration(
            "cookie",
            "cid",
            Create: null,
            OwnSettings: [],
            Limits: options => options.MaxPayloadBytes = Math.Min(options.MaxPayloadBytes, FuelSessionsOptionsRules.MostInCookies)));
        services.AddSingleton(Changes("file"));
        services.AddSingleton(new DriverRegistration(
            "file",
            "fid",
            provider => FileDriverPlace.Open(Profile(provider, "file"), provider),
            OwnSettings: [],
            IsMadeAtStart: true));
        return builder
            .AddDriver("memory", "xid", provider => new MemorySessionDriver(provider.GetRequiredService<TimeProvider>(), Profile(provider, "memory").MaxSessions));
    }

    internal static Func<IServiceProvider, IOptionsChangeTokenSource<FuelSessionsOptions>> Changes(string name) =>
        provider => new SectionChanges(provider.GetRequiredService<SessionConfigurationSection>(), name);

    private static FuelSessionsOptions Profile(IServiceProvider provider, string driver) => provider.GetRequiredService<SessionProfiles>().For(driver);
}
