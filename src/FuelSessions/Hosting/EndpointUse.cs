using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// How one endpoint uses sessions: what its metadata say, and what its code was seen to use, so that from the second
/// request on that is read before it runs, and an endpoint that uses none costs nothing.
/// </summary>
internal sealed class EndpointUse
{
    // More would mean settings made anew for each request, which nothing can be learned from.
    private const int MostLearned = 8;

    private readonly Lock _lock = new();
    private readonly Endpoint? _endpoint;
    private FuelSessionsOptions[] _sessions;
    private int _toldWithheld;
    private int _toldBeside;
    private int _toldUnknowing;

    private EndpointUse(Endpoint? endpoint, SessionProfiles profiles, FuelSessionsOptions[] named) => (_endpoint, Profiles, _sessions) = (endpoint, profiles, named);

    /// <summary>For a request without an endpoint: nothing is known and nothing is learned.</summary>
    internal static EndpointUse Unknown(SessionProfiles profiles) => new(null, profiles, []) { Learns = false, Touched = profiles.Touched };

    /// <summary>The settings that all of it goes by.</summary>
    internal SessionProfiles Profiles { get; }

    /// <summary>What the app calls the endpoint, for messages.</summary>
    internal string Name => _endpoint?.DisplayName ?? "an unknown endpoint";

    internal bool Enabled { get; private init; } = true;

    internal bool ReadOnly { get; private init; }

    internal bool ReadForm { get; private init; } = true;

    /// <summary>The settings of the sessions to read ahead.</summary>
    internal IReadOnlyList<FuelSessionsOptions> Sessions => _sessions;

    /// <summary>The settings of the sessions that each request keeps alive.</summary>
    internal FuelSessionsOptions[] Touched { get; private init; } = [];

    private bool Learns { get; init; } = true;

    /// <summary>What the metadata say; of several, from a controller and its action for example, each counts.</summary>
    internal static EndpointUse Of(Endpoint endpoint, SessionProfiles profiles)
    {
        IReadOnlyList<SessionEndpointAttribute> metadata = endpoint.Metadata.GetOrderedMetadata<SessionEndpointAttribute>();
        return new EndpointUse(endpoint, profiles, [.. metadata.SelectMany(use => use.Drivers).Distinct(StringComparer.OrdinalIgnoreCase).Select(profiles.ForOrDefault)])
        {
            Enabled = metadata.All(use => use.Enabled),
            ReadOnly = metadata.Any(use => use.ReadOnly),
            ReadForm = metadata.All(use => use.ReadForm),
            Touched = [.. profiles.Touched
                .Concat(metadata.Where(use => use.Touch).SelectMany(use => use.Drivers is [] ? [""] : use.Drivers).Select(profiles.ForOrDefault))
                .Distinct()],
        };
    }

    /// <summary>Whether it is the first time that this endpoint's cookie was withheld.</summary>
    internal bool IsFirstWithheld() => Interlocked.Exchange(ref _toldWithheld, 1) == 0;

    /// <summary>Whether it is the first time that a session began here in the cookie beside one that may have been held back.</summary>
    internal bool IsFirstBeside() => Interlocked.Exchange(ref _toldBeside, 1) == 0;

    /// <summary>Whether it is the first time that this endpoint asked who comes, though it has opted out of the session that would tell.</summary>
    internal bool IsFirstUnknowing() =>
        !Enabled && _endpoint?.Metadata.GetMetadata<IAuthorizeData>() is not null && Interlocked.Exchange(ref _toldUnknowing, 1) == 0;

    internal bool IsOf(Endpoint? endpoint) => ReferenceEquals(endpoint, _endpoint);

    internal void Learn(FuelSessionsOptions options)
    {
        if (!Learns || Knows(options))
        {
            return;
        }

        lock (_lock)
        {
            if (_sessions.Length < MostLearned && !Knows(options))
            {
                _sessions = [.. _sessions, options];
            }
        }
    }

    private bool Knows(FuelSessionsOptions options)
    {
        foreach (FuelSessionsOptions known in _sessions)
        {
            if (string.Equals(known.CookieName, options.CookieName, StringComparison.Ordinal) && string.Equals(known.Driver, options.Driver, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
