using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Testing;

/// <summary>
/// Sessions for unit tests of code that takes a <see cref="Session"/> or an <see cref="ISessionStore"/>: the real ones, on the memory driver,
/// without a server. Each belongs to a request that goes on as long as the test holds it.
/// </summary>
public static class TestSessions
{
    /// <summary>A stored session with that content; an empty, new one without.</summary>
    /// <param name="content">Variables by name or path.</param>
    /// <param name="configure">Settings other than the defaults.</param>
    /// <exception cref="ArgumentException">A value can't be stored.</exception>
    public static Session Create(IEnumerable<KeyValuePair<string, object?>>? content = null, Action<FuelSessionsOptions>? configure = null)
    {
        Session session = CreateStore(configure).Current;
        if (content is not null)
        {
            // Saved, as what Reset() goes back to. The memory driver never waits.
            session.Set(content).SaveAsync().GetAwaiter().GetResult();
        }

        return session;
    }

    /// <summary>The sessions of a request of their own, in memory.</summary>
    /// <param name="configure">Settings other than the defaults.</param>
    public static ISessionStore CreateStore(Action<FuelSessionsOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddFuelSessions(options =>
        {
            options.Driver = "memory";
            configure?.Invoke(options);
        });
        IServiceProvider provider = services.BuildServiceProvider();

        ISessionStore? store = null;
        var open = new TaskCompletionSource();
        var app = new ApplicationBuilder(provider);
        app.UseFuelSessions();
        app.Run(context =>
        {
            store = context.RequestServices.GetRequiredService<ISessionStore>();
            return open.Task;
        });

        // The request never ends, so that its sessions stay usable.
        Task request = app.Build()(new DefaultHttpContext { RequestServices = provider });
        if (request.IsFaulted)
        {
            request.GetAwaiter().GetResult();
        }

        return store!;
    }
}
