using System.Collections.Concurrent;
using FuelSessions.Drivers;

namespace FuelSessions;

/// <summary>The registered drivers by name; each is made at its first use and disposed with the app.</summary>
internal sealed class DriverRegistry(IEnumerable<DriverRegistration> registrations, IEnumerable<DriverDecoration> decorations, IServiceProvider services)
    : IAsyncDisposable, IDisposable
{
    private readonly Dictionary<string, DriverRegistration> _registrations = LastOfEachName(registrations);

    // Of each driver what requests use, and behind it what that decorates, down to the driver itself.
    private readonly ConcurrentDictionary<string, ISessionDriver[]> _drivers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _making = new();

    internal IReadOnlyCollection<DriverRegistration> Registrations => _registrations.Values;

    /// <summary>The registration of that name, in whatever case.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal DriverRegistration Find(string name) =>
        _registrations.TryGetValue(name, out DriverRegistration? registration)
            ? registration
            : throw new InvalidOperationException(Unregistered(name));

    internal bool Contains(string name) => _registrations.ContainsKey(name);

    internal string Unregistered(string name) =>
        $"Session driver '{name}' is not registered (registered: {string.Join(", ", _registrations.Keys.Order(StringComparer.Ordinal))}). {Fix(name)}";

    /// <summary>What is wrong with a section of settings of that name; null if it is a driver's, or may be a driver's that this app has not.</summary>
    internal string? Misnamed(string section) => Meant(section) is { } meant ? $"There is no session driver '{section}'. Did you mean '{meant}'?" : null;

    /// <summary>What is decorated and can't be; empty if all is well.</summary>
    internal IEnumerable<string> Violations() => decorations
        .Select(static decoration => decoration.Name)
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Where(name => !Contains(name) || Find(name).Create is null)
        .Select(name => !Contains(name) ? $"DecorateDriver: {Unregistered(name)}"
            : $"DecorateDriver: session driver '{name}' keeps nothing at the server: there is nothing to decorate. Decorate another one.");

    internal ISessionDriver Driver(string name) => Layers(name)[0];

    /// <summary>What a driver that was made already can do besides, itself or by what decorates it; null if it can't.</summary>
    internal TAbility? Existing<TAbility>(string name)
        where TAbility : class => _drivers.GetValueOrDefault(name)?.OfType<TAbility>().FirstOrDefault();

    /// <summary>The key ring that the driver of that name keeps, or the last driver that can.</summary>
    /// <param name="timeoutOf">How long a driver's store may take.</param>
    internal BoundedKeys KeyRing(string? name, Func<string, TimeSpan> timeoutOf)
    {
        IEnumerable<string> candidates = name is null ? _registrations.Values.Where(registration => registration.Create is not null).Select(registration => registration.Name).Reverse() : [name];
        foreach (string candidate in candidates)
        {
            if (Layers(candidate).OfType<IKeepDataProtectionKeys>().FirstOrDefault() is { } driver)
            {
                return BoundedKeys.Around(driver.DataProtectionKeys, candidate, () => timeoutOf(candidate));
            }
        }

        throw new InvalidOperationException(
            $"Session driver '{name ?? string.Join(", ", _registrations.Keys)}' can't keep Data Protection keys. "
            + "Register one that can, such as AddFuelSessions().AddDbDriver(...), or use a key store of Data Protection's own.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ISessionDriver driver in _drivers.Values.SelectMany(static layers => layers))
        {
            switch (driver)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private ISessionDriver[] Layers(string name)
    {
        DriverRegistration registration = Find(name);
        if (registration.Create is not { } create)
        {
            throw new InvalidOperationException($"Session driver '{name}' has no server side.");
        }

        if (_drivers.TryGetValue(registration.Name, out ISessionDriver[]? layers))
        {
            return layers;
        }

        // Not a Lazy, which keeps the first failure for good: a store that is away for a moment comes back without a restart.
        lock (_making)
        {
            return _drivers.GetOrAdd(registration.Name, _ => Decorated(registration.Name, create(services)));
        }
    }

    private ISessionDriver[] Decorated(string name, ISessionDriver driver)
    {
        List<ISessionDriver> layers = [driver];
        foreach (DriverDecoration decoration in decorations)
        {
            if (string.Equals(decoration.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                layers.Insert(0, decoration.Decorate(layers[0], services)
                    ?? throw new InvalidOperationException($"What DecorateDriver was given for session driver '{name}' returned null. Let it return the driver that it was given, or one around it."));
            }
        }

        return [.. layers];
    }

    private static Dictionary<string, DriverRegistration> LastOfEachName(IEnumerable<DriverRegistration> registrations)
    {
        var byName = new Dictionary<string, DriverRegistration>(StringComparer.OrdinalIgnoreCase);
        foreach (DriverRegistration registration in registrations)
        {
            byName[registration.Name] = registration;
        }

        return byName;
    }

    private string? Meant(string name) => DriverNames.Meant(name, _registrations.Keys);

    private string Fix(string name) => name.ToLowerInvariant() switch
    {
        "db" => "Call AddFuelSessions().AddDbDriver(...).",
        "redis" => "Call AddFuelSessions().AddRedisDriver(...).",
        "memcached" => "Call AddFuelSessions().AddMemcachedDriver(...).",
        _ when Meant(name) is { } meant => $"Did you mean '{meant}'?",
        _ => "Set FuelSessions:Driver to one of them, or register it with AddFuelSessions().AddDriver(...).",
    };
}
