using Microsoft.Extensions.Configuration;

namespace FuelSessions.Configuration;

/// <summary>Where settings are read from; null if the app has no configuration.</summary>
/// <param name="Around">The configuration that it is looked for in by its name; null if the app has named another one.</param>
internal sealed record SessionConfigurationSection(IConfigurationSection? Section, IConfiguration? Around = null)
{
    internal const string Name = "FuelSessions";

    /// <summary>What is written in its place: a value, where nothing would be read; null if it is a section, or not there.</summary>
    internal string? Refusal => Section is { Value.Length: > 0 } section && !section.GetChildren().Any()
        ? $"Configuration '{section.Path}': it is a value, and no section with settings such as '{section.Path}:{nameof(FuelSessionsOptions.Driver)}'."
        : null;

    /// <summary>
    /// What is to be told where there is no such section: that the app named it, or that one is called nearly as ours, which may be another library's. Null: nothing.
    /// </summary>
    internal string? Missing => Section is not { Value: null or "" } section || section.GetChildren().Any() ? null
        : Around is null ? $"Settings of sessions are read from the section '{Section.Path}', as AddFuelSessions was told. The configuration does not have it, or nothing is in it: all that code does not set has its default."
        : NearName.Of(Name, Around.GetChildren().Where(child => child.GetChildren().Any()).Select(child => child.Key), slips: 2) is { } near
        ? $"Settings of sessions are read from the section '{Name}', which the app's configuration does not have. It has one that is called '{near}', of which nothing is read."
        : null;
}
