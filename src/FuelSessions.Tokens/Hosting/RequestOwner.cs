using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Asks the app on whose behalf a request of its own is made, with that request's services and in its context.</summary>
internal static class RequestOwner
{
    /// <exception cref="InvalidOperationException">A service was asked for where there is no request, or the app has no answer.</exception>
    internal static async ValueTask<string> AskAsync(
        string client,
        Func<IServiceProvider, CancellationToken, ValueTask<string>> owner,
        IServiceProvider services,
        CancellationToken cancellationToken)
    {
        // Never the app's root services: outside of development they hand out scoped services too, and keep them for everybody.
        IServiceProvider request = services.GetService<IHttpContextAccessor>()?.HttpContext?.RequestServices ?? new NoRequest(client);
        return await owner(request, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The Owner of token client '{client}' returned null: return the user's own name, or an empty text for the app itself.");
    }

    private sealed class NoRequest(string client) : IServiceProvider
    {
        public object? GetService(Type serviceType) => throw new InvalidOperationException(
            $"On whose behalf client '{client}' is used can't be found out: its Owner asks for {serviceType.Name}, and there is no HTTP request here whose services it could get. "
            + "Background work, hubs and circuits name the owner themselves: request.SetTokenOwner(owner), or TokenSessionFactory.CreateAsync(client, owner).");
    }
}
