using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Makes managers of a user's type.</summary>
internal static class ManagerType
{
    /// <exception cref="InvalidOperationException">It is registered as scoped, or a service that it needs is missing.</exception>
    internal static ITokenSessionManager Make<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(IServiceProvider services)
        where T : class, ITokenSessionManager
    {
        if (services.GetService<RegisteredServices>()?.IsScoped(typeof(T)) ?? false)
        {
            throw new InvalidOperationException(
                $"{typeof(T).Name} is registered as scoped, but a client and its pooled message handlers serve many requests. Register it as a singleton, "
                + "and have it open a scope (IServiceScopeFactory) in each call if it needs scoped services such as a DbContext.");
        }

        return services.GetService<T>() ?? ActivatorUtilities.CreateInstance<T>(services);
    }
}
