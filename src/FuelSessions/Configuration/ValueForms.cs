using System.Text.Json;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Configuration;

/// <summary>The forms of a web app's own small types, beside those that the engine knows.</summary>
internal static class ValueForms
{
    internal static JsonSerializerOptions CreateOptions()
    {
        JsonSerializerOptions options = ValueSerializer.CreateOptions();
        options.Converters.Add(new TextForm<PathString>(static path => path.Value, static text => new PathString(text)));
        options.Converters.Add(new TextForm<QueryString>(static query => query.Value, static text => new QueryString(text)));
        options.Converters.Add(new TextForm<FragmentString>(static fragment => fragment.Value, static text => new FragmentString(text)));
        options.Converters.Add(new TextForm<HostString>(static host => host.HasValue ? host.Value : null, static text => new HostString(text)));
        return options;
    }
}
