using System.Diagnostics;
using System.Globalization;
using System.Net;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests;

/// <summary>
/// Two processes of one app on one Redis, of which one is killed and started again all the time, while clients with a cookie
/// jar each go from one to the other.
/// </summary>
[Collection(nameof(TwoNodesTests))]
public sealed class TwoNodesTests(RedisServer server) : IClassFixture<RedisServer>
{
    private const int Clients = 6;
    private const int FewestRequests = 4000;
    private const int FewestRestarts = 8;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task No_session_and_no_update_is_lost()
    {
        Uri steady = Address();
        Uri restarted = Address();
        using Process first = await ServeAsync(steady);
        Process second = await ServeAsync(restarted);
        using var end = new CancellationTokenSource();
        var running = Stopwatch.StartNew();
        try
        {
            Client[] clients = [.. Enumerable.Range(0, Clients).Select(number => new Client(number, steady, restarted))];
            Task[] traffic = [.. clients.Select(client => Task.Run(() => client.RunAsync(end.Token)))];
            for (int restarts = 0; restarts < FewestRestarts || clients.Sum(client => client.Requests) < FewestRequests; restarts++)
            {
                // However slow this machine is: one that nobody has reached yet would be killed for nothing.
                int before = clients.Sum(client => client.OnRestarted);
                do
                {
                    Assert.True(
                        running.Elapsed < Longest,
                        $"After {clients.Sum(client => client.Requests)} requests and {restarts} restarts: {before} reached the node that is restarted, {clients.Sum(client => client.OnRestarted)} by now.");
                    await Task.WhenAll(traffic.Where(client => client.IsFaulted));
                    await Task.Delay(300);
                }
                while (clients.Sum(client => client.OnRestarted) == before);

                second.Kill();
                await second.WaitForExitAsync();
                second.Dispose();
                second = await ServeAsync(restarted);
            }

            await end.CancelAsync();
            await Task.WhenAll(traffic);
            foreach (Client client in clients)
            {
                await client.AssertNothingIsLostAsync();
            }
        }
        finally
        {
            first.Kill();
            second.Kill();
            second.Dispose();
        }
    }

    private static Uri Address() => new($"http://127.0.0.1:{FreePort.Next()}/");

    private async Task<Process> ServeAsync(Uri address)
    {
        Process process = ChildProcess.Start(ChildProcess.Serve, server.Configuration, $"{address.Port}");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync().WaitAsync(Longest));
        return process;
    }

    private sealed class Client(int number, Uri steady, Uri restarted)
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), ConnectTimeout = Longest });
        private int _requests;
        private int _acknowledged;
        private int _unknown;
        private int _onRestarted;

        internal int Requests => Volatile.Read(ref _requests);

        internal int OnRestarted => Volatile.Read(ref _onRestarted);

        internal async Task RunAsync(CancellationToken end)
        {
            // One at first: parallel first requests of a browser without a cookie begin a session each.
            await AddAsync(steady);
            for (int round = number; !end.IsCancellationRequested; round++)
            {
                Uri node = round % 2 == 0 ? steady : restarted;
                int parallel = round % 5 == 0 ? 4 : 1;
                await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => AddAsync(node)));
            }
        }

        internal async Task AssertNothingIsLostAsync()
        {
            int counter = int.Parse(await _http.GetStringAsync(new Uri(steady, "look")), CultureInfo.InvariantCulture);

            // What a killed process was about to answer may have been saved or not.
            Assert.InRange(counter, _acknowledged, _acknowledged + _unknown);
            _http.Dispose();
        }

        private async Task AddAsync(Uri node)
        {
            int acknowledged = Volatile.Read(ref _acknowledged);
            Interlocked.Increment(ref _requests);
            try
            {
                int counter = int.Parse(await _http.GetStringAsync(new Uri(node, "add")), CultureInfo.InvariantCulture);
                Assert.True(counter > acknowledged, $"The counter was {counter} after {acknowledged} increments.");
                Interlocked.Increment(ref _acknowledged);
                if (node == restarted)
                {
                    Interlocked.Increment(ref _onRestarted);
                }
            }
            catch (HttpRequestException error) when (node == restarted && error.StatusCode is null)
            {
                // It is down, or was killed in the middle of an answer: to the other one, as a load balancer would.
                Interlocked.Increment(ref _unknown);
                await Task.Delay(10);
                await AddAsync(steady);
            }
        }
    }
}
