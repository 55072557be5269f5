using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FuelSessions.Demo.Client;

/// <summary>
/// Sends requests to this app itself, whatever address it listens on. That is known only once it has started, and is often a wildcard; so they
/// are made out to <see cref="Placeholder"/>, and addressed when they go out.
/// </summary>
internal sealed class OwnServer(IServer server)
    : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false })
{
    private Uri? _address;

    internal static Uri Placeholder { get; } = new("http://localhost");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Uri asked = request.RequestUri!;
        request.RequestUri = new Uri(_address ??= Address(), asked.PathAndQuery);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // Whoever sends the same request again sees what was asked for.
            request.RequestUri = asked;
        }
    }

    // Plain http if there is any: it stays on this machine, and needs no certificate that this app itself would have to trust.
    private Uri Address() => (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        .Select(BindingAddress.Parse)
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe)
        .OrderBy(address => address.Scheme == Uri.UriSchemeHttp ? 0 : 1)
        .Select(address => new UriBuilder(address.Scheme, IsWildcard(address.Host) ? "localhost" : address.Host, address.Port).Uri)
        .FirstOrDefault() ?? throw new InvalidOperationException("The demo listens on no TCP port, and can't reach its own provider. Start it with --urls http://127.0.0.1:5080.");

    private static bool IsWildcard(string host) => host is "+" or "*" or "0.0.0.0" or "[::]";
}
