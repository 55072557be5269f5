using System.Buffers.Text;
using System.Security.Cryptography;
using FuelSessions.Authentication;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Registry;

/// <summary>The sessions of users, on all drivers that people sign in to.</summary>
internal sealed class SessionRegistry(SessionServices services, DriverRegistry drivers) : ISessionRegistry
{
    private static ReadOnlySpan<byte> Purpose => "FuelSessions: handle of "u8;

    private EngineServices Engine => services.Engine;

    public async Task<IReadOnlyList<RegisteredSession>> ListAsync(string principal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(principal);
        cancellationToken.ThrowIfCancellationRequested();
        List<RegisteredSession> listed = [];
        foreach (Place place in Places())
        {
            HashSet<SessionKey> current = await CurrentAsync(place).ConfigureAwait(false);
            foreach (SessionRecord record in await FindAsync(place, principal).ConfigureAwait(false))
            {
                listed.Add(new RegisteredSession
                {
                    Handle = HandleOf(record.Key),
                    Driver = place.Storage.Name,
                    Created = record.Created,
                    SignedIn = record.SignedIn,
                    LastSeen = ExpiryPolicy.LastUse(record, place.Options).Earliest,
                    Ends = record.Expires,
                    UserAgent = record.RememberedUserAgent,
                    Address = record.RememberedAddress,
                    IsBoundToDevice = record.Binding is { Confirmed: not null },
                    IsCurrent = current.Contains(record.Key),
                });
            }
        }

        return [.. listed.OrderByDescending(session => session.SignedIn ?? session.Created)];
    }

    public async Task<int> CountAsync(string principal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(principal);
        cancellationToken.ThrowIfCancellationRequested();
        int count = 0;
        foreach (Place place in Places())
        {
            count += (await FindAsync(place, principal).ConfigureAwait(false)).Count;
        }

        return count;
    }

    public async Task<bool> EndAsync(string principal, string handle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(handle);
        cancellationToken.ThrowIfCancellationRequested();
        await using EventDelivery.Collection collected = services.Events.Begin();
        foreach (Place place in Places())
        {
            foreach (SessionRecord record in await FindAsync(place, principal).ConfigureAwait(false))
            {
                if (HandleOf(record.Key) == handle)
                {
                    EndedBy by = await ByPresentAsync(collected.Events).ConfigureAwait(false);
                    return await PrincipalSessions.EndAsync(Engine, place.Storage, record, place.Options, by).ConfigureAwait(false);
                }
            }
        }

        return false;
    }

    public async Task<int> EndAllAsync(string principal, bool exceptCurrent = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(principal);
        cancellationToken.ThrowIfCancellationRequested();
        await using EventDelivery.Collection collected = services.Events.Begin();
        EndedBy by = await ByPresentAsync(collected.Events).ConfigureAwait(false);
        int ended = 0;
        foreach (Place place in Places())
        {
            HashSet<SessionKey> kept = exceptCurrent ? await CurrentAsync(place).ConfigureAwait(false) : [];
            ended += await PrincipalSessions.EndAllAsync(Engine, place.Storage, principal, kept, place.Options, by).ConfigureAwait(false);
        }

        AmbientSessions.Find()?.HasEndedAll(principal);
        return ended;
    }

    // Whom the present request's session belongs to, or else a ticket that it came with; null: nobody, or there is no request.
    private async ValueTask<string?> CurrentPrincipalAsync()
    {
        await foreach (RequestUser user in RequestUser.AllAsync(this).ConfigureAwait(false))
        {
            return user.Name;
        }

        return null;
    }

    // Who does it is not asked for nobody, and nothing fails for not knowing.
    private async ValueTask<EndedBy> ByPresentAsync(PendingEvents? events)
    {
        string? by = null;
        try
        {
            by = events is null ? null : await CurrentPrincipalAsync().ConfigureAwait(false);
        }
        catch (SessionStoreException)
        {
            // Whoever asks for the session itself is told.
        }

        return new EndedBy(events, SessionEnding.Elsewhere, by);
    }

    private static ValueTask<IReadOnlyList<SessionRecord>> FindAsync(Place place, string principal) =>
        place.Storage.FindAsync(principal, place.Options.StoreTimeout, StoreDeadline.Start(place.Options.StoreTimeout));

    // Not the key: who knows it and has the keys of Data Protection still has no id, but a page has no business with it.
    internal static string HandleOf(SessionKey key)
    {
        Span<byte> named = stackalloc byte[Purpose.Length + SessionKey.Size];
        Purpose.CopyTo(named);
        key.WriteTo(named[Purpose.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(named, hash);
        return Base64Url.EncodeToString(hash[..16]);
    }

    // The request's session, and the tickets that it came with.
    private static async ValueTask<HashSet<SessionKey>> CurrentAsync(Place place)
    {
        if (AmbientSessions.Find() is not { } sessions)
        {
            return [];
        }

        HashSet<SessionKey> current = [.. PresentTickets.Of(sessions.Context, place.Storage.Name)];
        if (await ReadingAhead.LookAsync(sessions, place.Storage.Name).ConfigureAwait(false) is { State: SessionState.Active } transaction)
        {
            current.Add(transaction.Key);
        }

        return current;
    }

    /// <summary>
    /// Those that people are known to sign in to, the default one, and others whose sessions have been used. Of the latter two those that can be asked, unless there is nothing
    /// but the default one: an app may well sign people in to another.
    /// </summary>
    /// <exception cref="NotSupportedException">One that must be asked can't.</exception>
    internal IEnumerable<Place> Places()
    {
        SessionProfiles profiles = services.Profiles;
        string usual = drivers.Find(profiles.Default).Name;
        HashSet<string> demanded = [.. services.SignInDrivers.Keys.Select(name => drivers.Find(name).Name)];
        bool isUsualDemanded = demanded.Count == 0;
        foreach (DriverRegistration registration in drivers.Registrations)
        {
            string name = registration.Name;
            bool isDemanded = demanded.Contains(name) || (isUsualDemanded && name == usual);
            if (!isDemanded && (name == usual ? services.HomeOf(name).Storage is not { Finds: true } : drivers.Existing<Drivers.IFindByPrincipal>(name) is null))
            {
                continue;
            }

            yield return services.HomeOf(name).Storage is { } storage
                ? new Place(storage, profiles.For(name))
                : throw new NotSupportedException($"Session driver '{name}' keeps nothing at the server: nobody can tell which sessions a principal has. Keep sessions that people sign in to on db, redis, file or memory.");
        }
    }

    internal sealed record Place(SessionStorage Storage, FuelSessionsOptions Options);
}
