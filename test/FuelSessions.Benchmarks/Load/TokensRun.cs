using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using FuelSessions.Benchmarks.Report;
using FuelSessions.Benchmarks.Server;
using FuelSessions.Tokens;

namespace FuelSessions.Benchmarks.Load;

/// <summary>A thousand calls of an API through a token session's handler, and by a bare client that sends the same header.</summary>
internal static class TokensRun
{
    private const int Calls = 1000;
    private const string Token = "6b1d6f0c0c1b4d5e9a7f2e3d4c5b6a79";

    internal static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        int rounds = arguments.Number("--rounds", 7, 1, 100);
        string? page = arguments.Text("--page");
        arguments.ThrowIfUnknown();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fuelsessions-tokens-");
        try
        {
            string text = await MeasureAsync(folder, rounds, cancellationToken);
            Console.WriteLine(text);
            if (page is not null)
            {
                await PerformancePage.ReplaceAsync(page, "tokens", text, cancellationToken);
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> MeasureAsync(DirectoryInfo folder, int rounds, CancellationToken cancellationToken)
    {
        // The API: it answers with a short text, and looks at nothing.
        await using ServerProcess api = await ServerProcess.StartAsync(
            new ServerSettings("none", "memory", null, folder.CreateSubdirectory("keys").FullName), cancellationToken);
        Uri url = api.Url(Scenario.Unused.Path);
        TokenSessionOptions options = new TokenSessionOptions { ClientId = "bench", TokenEndpoint = api.Url("/none") }.UseMemory();
        await using TokenSession session = await TokenSession.CreateAsync(options, "bench", cancellationToken: cancellationToken);
        await session.ImportAsync(
            new OAuthToken { AccessToken = Token, ExpiresAt = TimeProvider.System.GetUtcNow().AddDays(1) }, new AuthIdentity("bench"), cancellationToken);
        using var ours = new HttpClient(session.CreateHandler());
        using var bare = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        bare.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        (string Name, HttpClient Client)[] clients = [("bare client", bare), ("ours", ours)];
        var table = new MarkdownTable("", "one after the other, µs", "CPU µs", "bytes", "32 at a time, calls/s", "CPU µs");
        List<double[]>[] figures = [[], []];
        for (int round = -2; round < rounds; round++)
        {
            // By turns, each of them first as often as the other.
            foreach (int index in round % 2 == 0 ? (int[])[0, 1] : [1, 0])
            {
                double[] alone = await CallAsync(clients[index].Client, url, atATime: 1, cancellationToken);
                double[] together = await CallAsync(clients[index].Client, url, atATime: 32, cancellationToken);
                if (round >= 0)
                {
                    figures[index].Add([.. alone, 1_000_000 / together[0], together[1]]);
                }
            }
        }

        for (int index = 0; index < clients.Length; index++)
        {
            table.Add([clients[index].Name, .. Enumerable.Range(0, 5).Select(figure =>
                Statistics.Median(figures[index].Select(round => round[figure]))!.Value.ToString(figure is 0 or 1 or 4 ? "0.0" : "0", CultureInfo.InvariantCulture))]);
        }

        return $"Measured on {Machine.Describe([])}. Medians of {rounds} rounds of {Calls:#,0} calls by turns; CPU and bytes are the client's.\n\n{table.Write()}";
    }

    /// <returns>Of a call: its time in µs, CPU in µs, bytes.</returns>
    private static async Task<double[]> CallAsync(HttpClient client, Uri url, int atATime, CancellationToken cancellationToken)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atATime).Select(async _ =>
        {
            for (int call = 0; call < Calls / atATime; call++)
            {
                using HttpResponseMessage response = await client.GetAsync(url, cancellationToken);
                response.EnsureSuccessStatusCode();
            }
        }));
        int made = Calls / atATime * atATime;
        return
        [
            Stopwatch.GetElapsedTime(began).TotalMicroseconds / made,
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / made,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / made,
        ];
    }
}
