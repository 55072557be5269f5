using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace FuelSessions.Configuration;

/// <summary>Tells options of that name that the section has changed that they are made from.</summary>
internal sealed class SectionChanges(SessionConfigurationSection configuration, string name) : IOptionsChangeTokenSource<FuelSessionsOptions>
{
    public string Name => name;

    /// <summary>Whether it is a driver's options that are told.</summary>
    internal bool IsOfDriver => name.Length > 0;

    public IChangeToken GetChangeToken() => configuration.Section?.GetReloadToken() ?? NullChangeToken.Singleton;
}
