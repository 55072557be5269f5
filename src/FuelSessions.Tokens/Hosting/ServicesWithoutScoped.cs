using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Hosting;

/// <summary>
/// The app's services for what lives as long as the app does. Scoped ones are refused also where the container would hand them out, as it does
/// outside of development: what is kept of the first request's would answer all the others.
/// </summary>
internal sealed class ServicesWithoutScoped(IServiceProvider services) : IServiceProvider, IKeyedServiceProvider, IServiceProviderIsService
{
    private readonly RegisteredServices? _registered = services.GetService<RegisteredServices>();

    public object? GetService(Type serviceType) => serviceType == typeof(IServiceProvider) || serviceType == typeof(IServiceProviderIsService)
        ? this
        : services.GetService(Allowed(serviceType));

    public object? GetKeyedService(Type serviceType, object? serviceKey) => (services as IKeyedServiceProvider)?.GetKeyedService(Allowed(serviceType), serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => services.GetRequiredKeyedService(Allowed(serviceType), serviceKey);

    public bool IsService(Type serviceType) => services.GetService<IServiceProviderIsService>()?.IsService(serviceType) ?? services.GetService(serviceType) is not null;

    private Type Allowed(Type type) => _registered?.IsScoped(type) is true
        ? throw new InvalidOperationException(
            $"{type.Name} is registered as scoped, but a client and its pooled message handlers serve many requests. Register it as a singleton, "
            + "and have it open a scope (IServiceScopeFactory) in each call if it needs scoped services such as a DbContext.")
        : type;
}
