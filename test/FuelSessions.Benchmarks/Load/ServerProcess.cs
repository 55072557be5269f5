using System.Diagnostics;
using System.Net.Http.Json;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>A server as a process of its own. It ends when this process closes its standard input, or dies.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } }) { BaseAddress = address, Timeout = Longest };
        Client.DefaultRequestHeaders.UserAgent.ParseAdd(Wrk.UserAgent);
    }

    /// <summary>For what is not measured. It takes any certificate: the server, on this machine, has made its own.</summary>
    internal HttpClient Client { get; }

    internal static async Task<ServerProcess> StartAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        string[] line = [typeof(ServerProcess).Assembly.Location, "server", .. settings.ToArguments()];
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        Process process = Process.Start(new ProcessStartInfo(host, line)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Longest);
        string? said = await process.StandardOutput.ReadLineAsync(deadline.Token);
        if (said?.StartsWith(BenchServer.Ready, StringComparison.Ordinal) != true)
        {
            process.StandardInput.Close();
            throw new InvalidOperationException($"The server for {settings.Variant} on {settings.Store} did not start.");
        }

        return new ServerProcess(process, new Uri(said[BenchServer.Ready.Length..]));
    }

    internal Uri Url(string path) => new(Client.BaseAddress!, path);

    internal async Task<ServerStats> StatsAsync(CancellationToken cancellationToken) =>
        (await Client.GetFromJsonAsync("/stats", ServerStatsJson.Default.ServerStats, cancellationToken))!;

    /// <summary>What it says once the requests that wrk has left behind are done.</summary>
    internal async Task<ServerStats> SettledStatsAsync(CancellationToken cancellationToken)
    {
        ServerStats before = await StatsAsync(cancellationToken);
        for (int attempts = 0; attempts < 50; attempts++)
        {
            await Task.Delay(20, cancellationToken);
            ServerStats after = await StatsAsync(cancellationToken);
            if (after.Requests == before.Requests)
            {
                return after;
            }

            before = after;
        }

        return before;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Longest);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
