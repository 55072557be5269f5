using System.Collections.Concurrent;

namespace FuelSessions.Demo.Authority;

/// <summary>What there was to do for each sign-in.</summary>
internal sealed class AuthorityCounts
{
    private readonly ConcurrentDictionary<string, int> _refreshes = new();
    private readonly ConcurrentDictionary<string, int> _rejected = new();

    private int _tokenRequests, _issued, _refused;

    /// <summary>Requests for tokens that reached the provider's own code, or were refused before.</summary>
    public int TokenRequests => _tokenRequests;

    /// <summary>Tokens that were issued, by whatever grant.</summary>
    public int Issued => _issued;

    public int Refused => _refused;

    public int AllRefreshes => _refreshes.Values.Sum();

    public int RefreshesOf(string? signIn) => _refreshes.GetValueOrDefault(signIn ?? "");

    public int RejectedOf(string? signIn) => _rejected.GetValueOrDefault(signIn ?? "");

    public void Refreshed(string signIn) => _refreshes.AddOrUpdate(signIn, 1, (_, count) => count + 1);

    public void Rejected(string signIn) => _rejected.AddOrUpdate(signIn, 1, (_, count) => count + 1);

    public void Answered(int status)
    {
        Interlocked.Increment(ref _tokenRequests);
        Interlocked.Increment(ref status == 200 ? ref _issued : ref _refused);
    }
}
