using System.Text.Json;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>What a browser is told to do for a bound session, as JSON: when to refresh, and where.</summary>
internal static class BindingInstructions
{
    internal static async Task WriteAsync(HttpContext context, DeviceBinding binding, FuelSessionsOptions options, string identifier)
    {
        string name = BoundCookie.NameOf(binding, options);
        context.Response.ContentType = "application/json";
        var json = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteString("session_identifier", identifier);
            json.WriteString("refresh_url", DeviceBindings.AddressOf(context.Request.PathBase, options.Driver, DeviceBindings.RefreshAction));
            json.WriteStartObject("scope");
            json.WriteString("origin", DeviceBindings.OriginOf(context));
            json.WriteBoolean("include_site", false);
            json.WriteStartArray("scope_specification");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("credentials");
            json.WriteStartObject();
            json.WriteString("type", "cookie");
            json.WriteString("name", name);
            json.WriteString("attributes", BoundCookie.AttributesIn(context, name));
            json.WriteEndObject();
            json.WriteEndArray();

            // Whoever links here from another site: without it the browser does not refresh for their visitors, who would arrive unproved.
            json.WriteStartArray("allowed_refresh_initiators");
            json.WriteStringValue("*");
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
