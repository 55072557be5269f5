using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>
/// Until when the provider is not asked again: for one token and grant, after a failure. What a provider says to one user's requests holds up no
/// other user's; only where it says that the service itself is away (503 with Retry-After) is everybody held up, and not for long.
/// </summary>
internal sealed class Rests(string client, TimeProvider clock)
{
    private const int MostKept = 4096;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestForAll = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TokenKey Key, string Grant), Rest> _rests = new();

    private long _allUntil;

    internal bool IsResting(TokenKey key, string grant) => Left(key, grant, out _) > TimeSpan.Zero;

    /// <exception cref="TokenRequestException">The provider is not asked now.</exception>
    internal void ThrowIfResting(TokenKey key, string grant)
    {
        TimeSpan left = Left(key, grant, out OAuthError? error);
        if (left > TimeSpan.Zero)
        {
            throw new TokenRequestException(
                $"The provider of client '{client}' failed or asked to be left alone (Retry-After) a moment ago, and is not asked for another {left.TotalSeconds:0.#} s. What is stored was kept.",
                error,
                left) { IsRest = true };
        }
    }

    internal void Succeeded(TokenKey key, string grant) => _rests.TryRemove((key, grant), out _);

    /// <param name="backOff">Whether to wait also where the provider named no time: from the second failure on, longer after each, and not all at the same moment.</param>
    internal void Failed(TokenKey key, string grant, TokenRequestException error, bool backOff)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (error is { StatusCode: HttpStatusCode.ServiceUnavailable, RetryAfter: { } away })
        {
            Interlocked.Exchange(ref _allUntil, (now + (away < LongestForAll ? away : LongestForAll)).UtcTicks);
        }

        if (_rests.Count >= MostKept)
        {
            foreach (var over in _rests.Where(rest => rest.Value.Until <= now))
            {
                _rests.TryRemove(over);
            }
        }

        int failures = (_rests.TryGetValue((key, grant), out Rest? last) ? last.Failures : 0) + 1;
        TimeSpan rest = backOff ? Pause(failures) : TimeSpan.Zero;
        rest = error.RetryAfter > rest ? error.RetryAfter.Value : rest;
        if (backOff || rest > TimeSpan.Zero)
        {
            _rests[(key, grant)] = new Rest(now + rest, failures, error.Error);
        }
    }

    private TimeSpan Left(TokenKey key, string grant, out OAuthError? error)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Rest? rest = _rests.GetValueOrDefault((key, grant));
        TimeSpan own = rest is null ? TimeSpan.Zero : rest.Until - now;
        TimeSpan all = TimeSpan.FromTicks(Interlocked.Read(ref _allUntil) - now.UtcTicks);
        error = own > TimeSpan.Zero ? rest!.Error : null;
        return own > all ? own : all;
    }

    private static TimeSpan Pause(int failures)
    {
        // Once a mishap may be over at once.
        if (failures == 1)
        {
            return TimeSpan.Zero;
        }

        TimeSpan full = First * Math.Pow(2, Math.Min(failures - 2, 10));
        full = full < Longest ? full : Longest;
        return full * (1 - RandomNumberGenerator.GetInt32(256) / 1024.0);
    }

    private sealed record Rest(DateTimeOffset Until, int Failures, OAuthError? Error);
}
