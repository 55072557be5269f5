using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Tokens.Tests.StandIn;

/// <summary>
/// An OAuth provider in miniature, strict as the strictest: each refresh token is good once, and one that is used again revokes everything
/// that was issued since its sign-in. For this demo and for tests; it forgets nothing until the process ends.
/// </summary>
internal sealed class OAuthStandIn(TimeProvider clock)
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Family Family, DateTimeOffset End)> _access = [];
    private readonly Dictionary<string, (Family Family, DateTimeOffset End)> _refresh = [];
    private readonly Dictionary<string, (string User, string RedirectUri, string? Challenge, DateTimeOffset End)> _codes = [];
    private readonly Dictionary<StandInEndpoint, (StandInFault Fault, int Times)> _faults = [];

    private int _tokenRequests, _refreshes, _refused, _reuses, _apiCalls;

    public string ClientId { get; init; } = "stand-in-client";

    public string ClientSecret { get; init; } = "stand-in-secret";

    /// <summary>The password of every user, and the token of every app.</summary>
    public string Password { get; init; } = "open sesame";

    public TimeSpan AccessLifetime { get; set; } = TimeSpan.FromHours(8);

    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(28);

    /// <summary>Adds to or takes from an answer before it is sent.</summary>
    public Action<Dictionary<string, object>>? EditAnswer { get; set; }

    /// <summary>Gets the hint of each request to revoke a token.</summary>
    public Action<string>? OnRevoke { get; set; }

    /// <summary>Gets the form of each request for a token.</summary>
    public Action<Func<string, string>>? OnAnswer { get; set; }

    /// <summary>Requests for tokens, by whatever grant and with whatever outcome.</summary>
    public int TokenRequests => _tokenRequests;

    /// <summary>Access tokens that were renewed.</summary>
    public int Refreshes => _refreshes;

    /// <summary>Grants that were refused as no good.</summary>
    public int Refused => _refused;

    /// <summary>Refresh tokens that were used a second time, each of which revoked its family.</summary>
    public int Reuses => _reuses;

    /// <summary>Requests to the API, by whatever token and with whatever outcome.</summary>
    public int ApiCalls => _apiCalls;

    /// <summary>Lets something go wrong the next few times.</summary>
    public void Inject(StandInEndpoint endpoint, StandInFault fault, int times = 1)
    {
        lock (_gate)
        {
            _faults[endpoint] = (fault, times);
        }
    }

    /// <summary>Lets nothing go wrong any more.</summary>
    public void Repair(StandInEndpoint endpoint)
    {
        lock (_gate)
        {
            _faults.Remove(endpoint);
        }
    }

    /// <summary>From now on the API takes none of the access tokens that are out, though their time has not come.</summary>
    public void ExpireAccessTokens()
    {
        lock (_gate)
        {
            _access.Clear();
        }
    }

    /// <summary>The same for the access tokens of one sign-in alone, which any refresh token of it names.</summary>
    public void RejectAccessTokens(string? refreshToken)
    {
        lock (_gate)
        {
            if (!_refresh.TryGetValue(refreshToken ?? "", out var named))
            {
                return;
            }

            foreach (string token in _access.Where(issued => issued.Value.Family == named.Family).Select(issued => issued.Key).ToList())
            {
                _access[token] = (named.Family, DateTimeOffset.MinValue);
            }
        }
    }

    /// <summary>What there was to do with one sign-in, which any refresh token of it names; nothing if none does.</summary>
    public StandInCounts CountsOf(string? refreshToken)
    {
        lock (_gate)
        {
            return _refresh.TryGetValue(refreshToken ?? "", out var named) ? new(named.Family.Refreshes, named.Family.Rejected, named.Family.IsRevoked) : default;
        }
    }

    /// <summary>A code for a user who has agreed.</summary>
    /// <param name="challenge">Of PKCE, method S256; null: whoever brings the code gets the tokens.</param>
    internal string IssueCode(string user, string redirectUri, string? challenge = null)
    {
        string code = NewSecret("code");
        lock (_gate)
        {
            _codes[code] = (user, redirectUri, challenge, clock.GetUtcNow() + CodeLifetime);
        }

        return code;
    }

    /// <summary>The answer to a request for a token; null if the grant is no good.</summary>
    internal Dictionary<string, object>? Answer(string grant, Func<string, string> field)
    {
        Interlocked.Increment(ref _tokenRequests);
        OnAnswer?.Invoke(field);
        lock (_gate)
        {
            Family? family = grant switch
            {
                "refresh_token" => UseRefreshToken(field("refresh_token")),
                "authorization_code" => UseCode(field("code"), field("redirect_uri"), field("code_verifier")),
                "password" => field("password") == Password ? new Family("user", field("username")) : null,
                "client_credentials" => new Family("client", ClientId),
                "app" => field("app_token") == Password ? new Family("app", field("app_id")) : null,
                _ => null,
            };
            if (family is null)
            {
                _refused++;
                return null;
            }

            if (grant == "refresh_token")
            {
                _refreshes++;
                family.Refreshes++;
            }

            return Issue(family);
        }
    }

    /// <summary>Whose access token it is, as <c>type:id</c>; null if it is nobody's, or not any more.</summary>
    internal string? WhoIs(string accessToken)
    {
        Interlocked.Increment(ref _apiCalls);
        lock (_gate)
        {
            if (!_access.TryGetValue(accessToken, out var found))
            {
                return null;
            }

            if (!found.Family.IsRevoked && found.End > clock.GetUtcNow())
            {
                return $"{found.Family.Type}:{found.Family.Id}";
            }

            found.Family.Rejected++;
            return null;
        }
    }

    internal void Revoke(string token)
    {
        lock (_gate)
        {
            if (_refresh.TryGetValue(token, out var found) || _access.TryGetValue(token, out found))
            {
                found.Family.IsRevoked = true;
            }
        }
    }

    internal StandInFault? NextFault(StandInEndpoint endpoint)
    {
        lock (_gate)
        {
            if (!_faults.TryGetValue(endpoint, out (StandInFault Fault, int Times) next) || next.Times == 0)
            {
                return null;
            }

            _faults[endpoint] = next with { Times = next.Times - 1 };
            return next.Fault;
        }
    }

    private Family? UseRefreshToken(string token)
    {
        if (!_refresh.TryGetValue(token, out var found) || found.Family.IsRevoked || found.End <= clock.GetUtcNow())
        {
            return null;
        }

        if (found.Family.RefreshToken == token)
        {
            return found.Family;
        }

        // Somebody has used it before: the owner or a thief, who can't be told apart.
        _reuses++;
        found.Family.IsRevoked = true;
        return null;
    }

    private Family? UseCode(string code, string redirectUri, string verifier) =>
        _codes.Remove(code, out var issued) && issued.RedirectUri == redirectUri && issued.End > clock.GetUtcNow()
        && (issued.Challenge is null || issued.Challenge == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))))
            ? new Family("user", issued.User)
            : null;

    private Dictionary<string, object> Issue(Family family)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string access = NewSecret("access");
        family.RefreshToken = NewSecret("refresh");
        _access[access] = (family, now + AccessLifetime);
        _refresh[family.RefreshToken] = (family, now + RefreshLifetime);
        var answer = new Dictionary<string, object>
        {
            ["access_token"] = access,
            ["token_type"] = "bearer",
            ["expires_in"] = (long)AccessLifetime.TotalSeconds,
            ["refresh_token"] = family.RefreshToken,
            ["scope"] = "global:all",
            ["ref"] = new Dictionary<string, object> { ["type"] = family.Type, ["id"] = long.TryParse(family.Id, out long number) ? number : family.Id },
        };
        EditAnswer?.Invoke(answer);
        return answer;
    }

    // Told apart from all other text, so that one can look for it where it must not be.
    private static string NewSecret(string kind) => $"{kind}-{RandomNumberGenerator.GetHexString(40, lowercase: true)}";

    /// <summary>All that was issued since one sign-in.</summary>
    private sealed class Family(string type, string id)
    {
        public string Type { get; } = type;

        public string Id { get; } = id;

        /// <summary>The only one that is good.</summary>
        public string RefreshToken { get; set; } = "";

        public bool IsRevoked { get; set; }

        public int Refreshes { get; set; }

        public int Rejected { get; set; }
    }
}
