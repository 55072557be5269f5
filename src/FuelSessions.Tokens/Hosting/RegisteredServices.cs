using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Hosting;

/// <summary>How long the app's services live, which a provider does not tell.</summary>
internal sealed class RegisteredServices(IServiceCollection services)
{
    internal bool IsScoped(Type type) => (Last(type) ?? (type.IsConstructedGenericType ? Last(type.GetGenericTypeDefinition()) : null)) == ServiceLifetime.Scoped;

    private ServiceLifetime? Last(Type type) => services.LastOrDefault(service => service.ServiceType == type)?.Lifetime;
}
