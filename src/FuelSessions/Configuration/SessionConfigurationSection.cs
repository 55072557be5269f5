using Microsoft.Extensions.Configuration;

namespace FuelSessions.Configuration;

/// <summary>Where settings are read from; null if the app has no configuration.</summary>
internal sealed record SessionConfigurationSection(IConfigurationSection? Section)
{
    internal const string Name = "FuelSessions";
}
