using System.Diagnostics.Metrics;
using FuelSessions.Tokens.Endpoint;
using FuelSessions.Tokens.Hosting;
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
    private readonly RecentRenewals _recent;

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
        Rests = new Rests(name, Clock);
        _recent = new RecentRenewals(Clock, options.RenewAgainAfter);

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
            Rests,
            new BegunRenewals(Manager, Clock, options.RequestTimeout, patience, Diagnostics),
            _recent,
            Remembered,
            Clock,
            Diagnostics);
        _flights = new Flights((key, rejected, answerEarly) => new Renewal(tools, key, rejected, answerEarly).RunAsync());
    }

    internal string Name { get; }

    internal TokenSessionOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal ITokenSessionManager Manager { get; }

    internal TokenDiagnostics Diagnostics { get; }

    internal TokenEndpoint Endpoint { get; }

    internal Rests Rests { get; }

    internal TokenShelf Shelf { get; }

    internal RememberedIdentity Remembered { get; }

    internal bool IsFresh(AuthIdentity? identity, OAuthToken token) => token.IsFresh(Clock.GetUtcNow(), Options.RenewBefore, IsOnDemand(identity));

    internal bool IsAlive(OAuthToken token) => token.IsAlive(Clock.GetUtcNow());

    /// <summary>Whether it is a renewal's, and so young that another one would not please the API either.</summary>
    internal bool WasJustRenewed(TokenKey key, OAuthToken token) => _recent.Has(key, token.AccessToken);

    /// <summary>As whom an owner acts who names no identity: as the one that the client signs in as on demand, or as was remembered; null if there is neither.</summary>
    internal async Task<AuthIdentity?> IdentityAsync(string owner, CancellationToken cancellationToken) =>
        Options.OnDemand?.Identity ?? await Remembered.ReadAsync(owner, cancellationToken).ConfigureAwait(false);

    /// <summary>On whose behalf the caller acts. Asked in the caller's own context, which a renewal does not have.</summary>
    internal ValueTask<string> OwnerAsync(CancellationToken cancellationToken) =>
        Options.Owner is { } owner ? RequestOwner.AskAsync(Name, owner, _services, cancellationToken) : new("");

    /// <summary>The stored token; <see cref="OAuthToken.Empty"/> if there is none.</summary>
    internal async Task<OAuthToken> LoadAsync(TokenKey key, CancellationToken cancellationToken) =>
        (await Shelf.ReadAsync(key, cancellationToken).ConfigureAwait(false)).Token;

    /// <summary>
    /// The stored token, renewed if it has ended; <see cref="OAuthToken.Empty"/> if there is none. One that is about to end is renewed in the
    /// background: a provider that hangs holds up nobody whose token is good.
    /// </summary>
    internal async Task<OAuthToken> GetAsync(TokenKey key, CancellationToken cancellationToken)
    {
        OAuthToken token = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        if (IsFresh(key.Identity, token) || (token.IsEmpty && !IsOnDemand(key.Identity)))
        {
            return token;
        }

        if (!IsAlive(token))
        {
            return await RenewAsync(key, rejected: null, cancellationToken).ConfigureAwait(false);
        }

        if (Refusal(key) is null && Question.Of(token, key, Options, Clock.GetUtcNow()) is { } question && !Rests.IsResting(key, question.Grant))
        {
            _flights.Join(key, rejected: null);
        }

        return token;
    }

    /// <summary>A fresh token other than the rejected one. The renewal goes on if this caller stops waiting.</summary>
    /// <exception cref="TokenRefusedException">It can't be renewed any more.</exception>
    /// <exception cref="TokenRequestException">It could not be renewed this time.</exception>
    internal async Task<OAuthToken> RenewAsync(TokenKey key, string? rejected, CancellationToken cancellationToken)
    {
        ThrowIfReadOnly(key);
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

    /// <summary>Waits for a renewal that is under way in this process, as its callers do, whatever comes of it.</summary>
    internal async Task RenewalAsync(TokenKey key, CancellationToken cancellationToken)
    {
        if (_flights.Find(key) is { } flight)
        {
            await ((Task)flight).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Asks the provider for a first token, stores it in place of whatever is stored, and remembers the identity.</summary>
    internal async Task<OAuthToken> SignInAsync(
        TokenKey key,
        string grant,
        IEnumerable<KeyValuePair<string, string>> parameters,
        CancellationToken cancellationToken)
    {
        ThrowIfReadOnly(key);
        Rests.ThrowIfResting(key, grant);
        OAuthToken answer;
        try
        {
            answer = await Endpoint.RequestAsync(grant, parameters, Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
            Rests.Succeeded(key, grant);
        }
        catch (TokenRequestException error)
        {
            // Somebody is waiting, who may try again at once unless the provider forbids it.
            Rests.Failed(key, grant, error, backOff: false);
            throw;
        }

        OAuthToken token = Issue.Complete(answer, OAuthToken.Empty, Options);

        // No more cancellation: the provider has issued it.
        await StoreAsync(key, token).ConfigureAwait(false);
        return token;
    }

    /// <summary>Stores a first token in place of whatever is stored, and remembers the identity.</summary>
    internal async Task StoreAsync(TokenKey key, OAuthToken token)
    {
        ThrowIfReadOnly(key);
        await Shelf.PutAsync(key, token).ConfigureAwait(false);
        await Remembered.WriteAsync(key, token).ConfigureAwait(false);
    }

    /// <summary>Before anything is done that changes tokens here or at the provider.</summary>
    /// <exception cref="Exception">The caller may only read them.</exception>
    internal void ThrowIfReadOnly(TokenKey key)
    {
        if (Refusal(key) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>
    /// Before the process ends: waits for the renewals that are under way, whose tokens would be lost, and stores what still can't have been.
    /// </summary>
    /// <returns>Why something could not be stored; null if all is.</returns>
    internal async Task<Exception?> FinishAsync(CancellationToken cancellationToken)
    {
        Task landed = _flights.AllLandedAsync();
        if (!landed.IsCompleted)
        {
            // What waits to be stored does not wait for a provider as well.
            await Shelf.SaveAsync(only: null, cancellationToken).ConfigureAwait(false);
            await landed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

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

    private Exception? Refusal(TokenKey key) => (Manager as StoredTokenManager)?.Store.RefusalOf(key);

    private bool IsOnDemand(AuthIdentity? identity) => identity is not null && identity == Options.OnDemand?.Identity;

    private ITokenSessionManager MakeManager(TokenStoreContext context)
    {
        try
        {
            return Options.CreateManager!(new ServicesWithoutScoped(_services), context) ?? throw new InvalidOperationException("The factory that was given to UseManager returned null.");
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"The token manager of client '{Name}' can't be made: {error.Message}", error);
        }
    }
}
