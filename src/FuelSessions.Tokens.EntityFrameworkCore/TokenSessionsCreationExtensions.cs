using FuelSessions.Tokens.EntityFrameworkCore;
using FuelSessions.Tokens.Stores;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Creates the tables that tokens are kept in.</summary>
public static class TokenSessionsCreationExtensions
{
    /// <summary>
    /// Creates the tokens table of every client that keeps its tokens in a database, where it is missing, and the database if there is none. Leaves what
    /// exists alone; may run in several processes at the same time. For an app's own context with migrations, run those instead.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    /// <returns>A task that ends when the tables are there.</returns>
    /// <exception cref="InvalidOperationException">No client keeps its tokens in a database.</exception>
    public static async Task EnsureTokenSessionsCreatedAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        DbTokenStore[] stores =
        [
            .. (services.GetService<ITokenManagers>()?.All ?? []).OfType<StoredTokenManager>().Select(manager => manager.Store).OfType<DbTokenStore>(),
        ];
        if (stores.Length == 0)
        {
            throw new InvalidOperationException("No token session keeps its tokens in a database. Call UseDb(...) on its options.");
        }

        foreach (DbTokenStore store in stores)
        {
            await store.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="EnsureTokenSessionsCreatedAsync(IServiceProvider, CancellationToken)"/>
    /// <param name="host">The app.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    public static Task EnsureTokenSessionsCreatedAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Services.EnsureTokenSessionsCreatedAsync(cancellationToken);
    }
}
