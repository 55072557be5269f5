using System.Diagnostics;
using System.Net;
using FuelSessions.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests.Failover;

/// <summary>20 users of an app who change their sessions all the time, one request after the other each.</summary>
internal sealed class FailoverUsers : IAsyncDisposable
{
    private const int Users = 20;

    private readonly TestApp _app;
    private readonly TestBrowser[] _browsers;
    private readonly int[] _acknowledged = new int[Users];
    private readonly CancellationTokenSource _end = new();
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly Lock _counting = new();
    private Task _traffic = Task.CompletedTask;
    private TimeSpan? _firstError;
    private TimeSpan _lastError;

    private FailoverUsers(TestApp app) => (_app, _browsers) = (app, [.. Enumerable.Range(0, Users).Select(_ => app.NewBrowser())]);

    /// <summary>Whether requests have failed, and none does since a while.</summary>
    internal bool HaveRecovered
    {
        get
        {
            lock (_counting)
            {
                return _firstError is not null && _running.Elapsed - _lastError > TimeSpan.FromSeconds(5);
            }
        }
    }

    /// <summary>From the begin of the first request that failed to the end of the last one.</summary>
    internal TimeSpan Errors => _firstError is { } first ? _lastError - first : TimeSpan.Zero;

    internal static async Task<FailoverUsers> StartAsync(string redis)
    {
        var users = new FailoverUsers(await TestApp.StartAsync(
            options => options.Driver = "redis",
            web =>
            {
                web.MapGet("/count", (Session session) => session.Increment("counter"));
                web.MapGet("/look", (Session session) => session.Get<int>("counter"));
            },
            drivers => drivers.AddRedisDriver(redis)));
        foreach (TestBrowser browser in users._browsers)
        {
            while ((await browser.GetAsync("/count")).Status != HttpStatusCode.OK)
            {
                await Task.Delay(100);
            }
        }

        users._traffic = Task.WhenAll(users._browsers.Select((_, user) => Task.Run(() => users.WriteAsync(user))));
        return users;
    }

    /// <summary>Ends the traffic.</summary>
    /// <returns>How many changes were acknowledged, and how many of them are not in the sessions.</returns>
    internal async Task<(int Acknowledged, int Missing)> EndAsync()
    {
        await _end.CancelAsync();
        await _traffic;
        int missing = 0;
        for (int user = 0; user < Users; user++)
        {
            // One more than those of the traffic: the session was begun by one.
            int counter = int.Parse(await _browsers[user].TextAsync("/look"));
            missing += Math.Max(0, _acknowledged[user] + 1 - counter);
        }

        return (_acknowledged.Sum(), missing);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _traffic;
        foreach (TestBrowser browser in _browsers)
        {
            browser.Dispose();
        }

        await _app.DisposeAsync();
        _end.Dispose();
    }

    private async Task WriteAsync(int user)
    {
        while (!_end.IsCancellationRequested)
        {
            TimeSpan began = _running.Elapsed;
            if ((await _browsers[user].GetAsync("/count")).Status == HttpStatusCode.OK)
            {
                _acknowledged[user]++;
                continue;
            }

            lock (_counting)
            {
                _firstError ??= began;
                _lastError = _running.Elapsed;
            }

            // As a person would try again.
            await Task.Delay(50);
        }
    }
}
