using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Requests from whatever address: the app believes the header that a proxy sets.</summary>
internal static class Addresses
{
    internal static void Believe(WebApplication web) =>
        web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });

    internal static Action<HttpRequestMessage> From(string address) =>
        request => request.Headers.Add("X-Forwarded-For", address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address);
}
