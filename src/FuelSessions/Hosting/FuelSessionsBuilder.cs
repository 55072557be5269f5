using System.Diagnostics.CodeAnalysis;
using FuelSessions.Configuration;
using FuelSessions.Drivers;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FuelSessions;

/// <summary>Adds drivers; what <c>AddFuelSessions</c> returns.</summary>
public sealed class FuelSessionsBuilder
{
    internal FuelSessionsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Registers a driver. A later one of the same name replaces it.</summary>
    /// <param name="name">What <see cref="FuelSessionsOptions.Driver"/> and <c>Forge</c> call it; ignores case.</param>
    /// <param name="cookieName">The default <see cref="FuelSessionsOptions.CookieName"/> of its sessions.</param>
    /// <param name="create">Makes the one instance that serves the app; it is disposed with the app.</param>
    /// <param name="ownSettings">Names in the driver's configuration section that the driver itself reads.</param>
    public FuelSessionsBuilder AddDriver(
        string name,
        string cookieName,
        Func<IServiceProvider, ISessionDriver> create,
        params IReadOnlyCollection<string> ownSettings) =>
        Add(name, cookieName, create, defaults: null, ownSettings);

    /// <summary>The same, for a driver that has other defaults than the rest.</summary>
    /// <param name="name">What <see cref="FuelSessionsOptions.Driver"/> and <c>Forge</c> call it; ignores case.</param>
    /// <param name="cookieName">The default <see cref="FuelSessionsOptions.CookieName"/> of its sessions.</param>
    /// <param name="create">Makes the one instance that serves the app; it is disposed with the app.</param>
    /// <param name="defaults">Sets its defaults. Whatever the app configures wins over them.</param>
    /// <param name="ownSettings">Names in the driver's configuration section that the driver itself reads.</param>
    public FuelSessionsBuilder AddDriver(
        string name,
        string cookieName,
        Func<IServiceProvider, ISessionDriver> create,
        Action<FuelSessionsOptions> defaults,
        params IReadOnlyCollection<string> ownSettings)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return Add(name, cookieName, create, defaults, ownSettings);
    }

    /// <summary>
    /// Puts something around a driver, whichever package it comes from: to measure it, to keep it from something, to test. What the driver can do
    /// besides, <see cref="ICollectExpired"/> and <see cref="IKeepDataProtectionKeys"/>, is asked of it as before, unless the decorator does that
    /// itself. <see cref="DelegatingSessionDriver"/> hands on what a decorator does not change.
    /// </summary>
    /// <param name="name">A registered driver's name; ignores case. Before or after it was added. Not <c>cookie</c>, which has no server side.</param>
    /// <param name="decorate">
    /// Makes the decorator of the one instance that serves the app; it is disposed with the app, before the driver. Of several the one that was
    /// added last is asked first.
    /// </param>
    public FuelSessionsBuilder DecorateDriver(string name, Func<ISessionDriver, IServiceProvider, ISessionDriver> decorate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(decorate);
        Services.AddSingleton(new DriverDecoration(name, decorate));
        return this;
    }

    /// <summary>Has <typeparamref name="TEvents"/> told of what happens to sessions, made anew for each request.</summary>
    public FuelSessionsBuilder AddEvents<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TEvents>()
        where TEvents : SessionEvents
    {
        Services.TryAddEnumerable(ServiceDescriptor.Scoped<SessionEvents, TEvents>());
        return this;
    }

    /// <summary>
    /// Keeps the Data Protection key ring in a driver's store. Without shared keys a second node, or a container that
    /// was made anew, can't read the cookies that another one sent.
    /// </summary>
    /// <param name="driver">Which driver's store; by default the last registered one that can.</param>
    public FuelSessionsBuilder PersistDataProtectionKeys(string? driver = null)
    {
        Services.AddDataProtection();
        Services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((options, services) =>
            options.XmlRepository = services.GetRequiredService<DriverRegistry>().KeyRing(driver, name => services.GetRequiredService<LiveProfiles>().Current.For(name).StoreTimeout));
        return this;
    }

    /// <summary>
    /// Binds sessions to the device that their browser runs on, where the browser can do it (Device Bound Session Credentials): a copied cookie then works for
    /// <see cref="DeviceBindingOptions.BoundTime"/> at most. Over https, for drivers with a server side; other browsers and drivers go on as before. <c>UseFuelSessions</c> answers
    /// what browsers ask below <c>/.fuelsessions/dbsc/</c>. Calling it again adds to it.
    /// </summary>
    /// <exception cref="OptionsValidationException">At start-up: a setting can't work.</exception>
    public FuelSessionsBuilder BindToDevice(Action<DeviceBindingOptions>? configure = null)
    {
        Services.AddOptions<DeviceBindingOptions>()
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeviceBindingOptions>, DeviceBindingOptionsRules>());
        Services.TryAddSingleton<DeviceBindings>();
        return this;
    }

    /// <summary>
    /// Takes FuelPHP's defaults where ours differ for what only the app can know: the driver <c>cookie</c>, the cookie names fuelcid, fuelfid, fueldid,
    /// fuelmid and fuelrid (the memory driver's: fuelxid), a cookie that outlives the browser, and no absolute end. Whatever the app configures wins
    /// over them, wherever this is called.
    /// </summary>
    public FuelSessionsBuilder UseFuelPhpDefaults()
    {
        Services.TryAddSingleton<FuelPhpDefaults>();
        return this;
    }

    private FuelSessionsBuilder Add(
        string name,
        string cookieName,
        Func<IServiceProvider, ISessionDriver> create,
        Action<FuelSessionsOptions>? defaults,
        IReadOnlyCollection<string> ownSettings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(cookieName);
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(FuelSessionsServiceCollectionExtensions.Changes(name.ToLowerInvariant()));
        Services.AddSingleton(new DriverRegistration(name.ToLowerInvariant(), cookieName, create, ownSettings, defaults));
        return this;
    }
}
