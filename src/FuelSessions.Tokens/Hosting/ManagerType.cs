using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Makes managers of a user's type.</summary>
internal static class ManagerType
{
    /// <exception cref="InvalidOperationException">A service that it needs is missing, or is scoped.</exception>
    internal static ITokenSessionManager Make<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(IServiceProvider services)
        where T : class, ITokenSessionManager =>
        services.GetService<T>() ?? ActivatorUtilities.CreateInstance<T>(services);
}
