using FuelSessions.Configuration;
using FuelSessions.Tool.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tool.Settings;

/// <summary>
/// What is wrong with the section <c>FuelSessions</c> of an app's configuration, as the app itself would read it: what keeps it from starting, what
/// it only notes, and what loses sessions or hands them out. What code sets is not seen.
/// </summary>
internal static class SettingsExamination
{
    private const string What = "settings";

    internal static IEnumerable<Finding> Of(IConfiguration settings)
    {
        var notes = new Notes();
        using ServiceProvider services = AppWith(settings, notes);
        SessionProfiles profiles;
        try
        {
            profiles = services.GetRequiredService<SessionProfiles>();
        }
        catch (OptionsValidationException error)
        {
            return error.Failures.Select(failure => new Finding(What, failure, $"The app does not start with that. Correct it in the section {SessionConfigurationSection.Name}."));
        }

        IConfigurationSection section = settings.GetSection(SessionConfigurationSection.Name);
        string[] drivers = [.. section.GetChildren().Where(child => child.GetChildren().Any()).Select(child => child.Key.ToLowerInvariant()).Where(services.GetRequiredService<DriverRegistry>().Contains).Prepend(profiles.Default).Distinct()];
        Finding[] found =
        [
            .. notes.All.Select(note => new Finding(What, note, "Remove it, or set what is meant.")),
            .. drivers.SelectMany(driver => Concern.All.Where(concern => concern.IsOf(profiles.For(driver))).Select(concern => concern.Of(driver))).DistinctBy(finding => finding.Is),
        ];
        if (!DriverNames.IsShipped(profiles.Default))
        {
            return [.. found, new Finding(What, $"driver {profiles.Default} was taken for one of the app's own: none that comes with FuelSessions is called so. The app starts with it only if it adds it (AddDriver)", IsOpen: true)];
        }

        return found.Length > 0 ? found : [new Finding(What, $"nothing to mend for driver {profiles.Default}")];
    }

    // None of the drivers is opened: their settings are all that is asked for.
    private static ServiceProvider AppWith(IConfiguration settings, Notes notes)
    {
        var services = new ServiceCollection();
        services.AddSingleton(settings).AddLogging(logging => logging.AddProvider(notes));
        FuelSessionsBuilder sessions = services.AddFuelSessions().AddRedisDriver("localhost").AddMemcachedDriver("localhost").AddDriver("db", "did", Unopened);

        // One that is the app's own. What is likely a slip is left out: the app, which has no such driver either, refuses it.
        if (settings[$"{SessionConfigurationSection.Name}:{nameof(FuelSessionsOptions.Driver)}"] is { Length: > 0 } named && !DriverNames.IsShipped(named) && DriverNames.Meant(named, []) is null)
        {
            sessions.AddDriver(named, "own", Unopened);
        }

        return services.BuildServiceProvider();

        static Drivers.ISessionDriver Unopened(IServiceProvider services) => throw new NotSupportedException();
    }
}
