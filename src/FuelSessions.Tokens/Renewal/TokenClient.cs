using System.Diagnostics.Metrics;
using FuelSessions.Tokens.Endpoint;
using FuelSessions.Tokens.Stores;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuelSessions.Tokens.Renewal;

/// <summary>One client of one provider: what sessions and handlers of that name share. Safe for use from many threads.</summary>
internal sealed class TokenClient : IAsyncDisposable
{
    // A caller who joined a renewal that returned the token it was refused with starts one of its own; unless that is always so.
    private const int MostFlights = 3;

    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(1);

    private readonly IServiceProvider _services;
    private readonly Flights _flights;

    /// <exception cref="InvalidOperationException">The manager can't be made.</exception>
    internal TokenClient(string name, TokenSessionOptions options, IServiceProvider services)
    {
        (Name, Options, _services) = (name, options, services);
        Clock = options.TimeProvider ?? services.GetService<TimeProvider>() ?? TimeProvider.System;
        ILoggerFactory loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var context = new TokenStoreContext(name, Clock, loggers, options.DataProtection ?? services.GetService<IDataProtectionProvider>());
        Manager = MakeManager(context);
        Diagnostics = new TokenDiagnostics(name, loggers, services.GetService<IMeterFactory>());
        Endpoint = new TokenEndpoint(name, options, Clock);

        // What a lock's life leaves for writing, when the provider takes all the time it may.
        TimeSpan patience = options.LockLifetime - options.RequestTimeout is var left && left > ShortestPatience ? left : ShortestPatience;
        Shelf = new TokenShelf(Manager, Clock, patience, Diagnostics);
        Remembered = new RememberedIdentity(name, Manager, Clock, patience, Diagnostics);
        var tools = new RenewalTools(
            name,
            options,
            options.LockRenewals && Manager is ITokenRenewalLock own ? own : NoRenewalLock.Instance,
            Shelf,
            Endpoint,
            Remembered,
            Clock,
            Diagnostics);
        _flights = new Flights((key, rejected) => new Renewal(tools, key, rejected).RunAsync());
    }

    internal string Name { get; }

    internal TokenSessionOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal ITokenSessionManager Manager { get; }

    internal TokenDiagnostics Diagnostics { get; }

    internal TokenEndpoint Endpoint { get; }

    internal TokenShelf Shelf { get; }

    internal RememberedIdentity Remembered { get; }

    internal bool IsFresh(OAuthToken token) => token.IsFresh(Clock.GetUtcNow(), Options.RenewBefore);

    /// <summary>On whose behalf the caller acts. Asked in the caller's own context, which a renewal does not have.</summary>
    internal async ValueTask<string> OwnerAsync(CancellationToken cancellationToken) => Options.Owner is not { } owner
        ? ""
        : await owner(_services, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The Owner of token client '{Name}' returned null: return the user's own name, or an empty text for the app itself.");

    /// <summary>The stored token; <see cref="OAuthToken.Empty"/> if there is none.</summary>
    internal async Task<OAuthToken> LoadAsync(TokenKey key, CancellationToken cancellationToken) =>
        (await Shelf.ReadAsync(key, cancellationToken).ConfigureAwait(false)).Token;

    /// <summary>The stored token, renewed if it is not fresh; <see cref="OAuthToken.Empty"/> if there is none.</summary>
    internal async Task<OAuthToken> GetAsync(TokenKey key, CancellationToken cancellationToken)
    {
        OAuthToken token = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        return IsFresh(token) || token.IsEmpty ? token : await RenewAsync(key, rejected: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A fresh token other than the rejected one. The renewal goes on if this caller stops waiting.</summary>
    /// <exception cref="TokenRefusedException">It can't be renewed any more.</exception>
    /// <exception cref="TokenRequestException">It could not be renewed this time.</exception>
    internal async Task<OAuthToken> RenewAsync(TokenKey key, string? rejected, CancellationToken cancellationToken)
    {
        for (int flights = 1; ; flights++)
        {
            (Task<OAuthToken> flight, bool isNew) = _flights.Join(key, rejected);
            OAuthToken token = await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (isNew || token.AccessToken != rejected || flights == MostFlights)
            {
                return token;
            }
        }
    }

    /// <summary>Asks the provider for a first token, stores it in place of whatever is stored, and remembers the identity.</summary>
    internal async Task<OAuthToken> SignInAsync(
        TokenKey key,
        string grant,
        IEnumerable<KeyValuePair<string, string>> parameters,
        CancellationToken cancellationToken)
    {
        OAuthToken answer = await Endpoint.RequestAsync(grant, parameters, cancellationToken).ConfigureAwait(false);
        OAuthToken token = Issue.Complete(answer, OAuthToken.Empty, Options);

        // No more cancellation: the provider has issued it.
        await Shelf.PutAsync(key, token).ConfigureAwait(false);
        await Remembered.WriteAsync(key, token).ConfigureAwait(false);
        return token;
    }

    /// <summary>
    /// Before the process ends: waits for the renewals that are under way, whose tokens would be lost, and stores what still can't have been.
    /// </summary>
    /// <returns>Why something could not be stored; null if all is.</returns>
    internal async Task<Exception?> FinishAsync(CancellationToken cancellationToken)
    {
        await _flights.AllLandedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await Shelf.SaveAsync(only: null, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Endpoint.Dispose();
        Diagnostics.Dispose();

        // A manager of the app's own is the app's to dispose of.
        if (Manager is StoredTokenManager own)
        {
            await own.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ITokenSessionManager MakeManager(TokenStoreContext context)
    {
        try
        {
            return Options.CreateManager!(_services, context) ?? throw new InvalidOperationException("The factory that was given to UseManager returned null.");
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"The token manager of client '{Name}' can't be made: {error.Message}", error);
        }
    }
}
