using System.Diagnostics;
using System.Globalization;

namespace FuelSessions.Tokens.Tests.Stores.Support;

/// <summary>Another process that works on the same folder of tokens: this assembly, started with a command.</summary>
internal static class FileContender
{
    internal const string Count = "contend-file";
    internal const string Hold = "hold-file";

    internal static TokenKey Key { get; } = Client.Key();

    internal static Process Start(params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, ["exec", typeof(FileContender).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    internal static async Task<int> RunAsync(string[] arguments)
    {
        ITokenSessionManager manager = Client.Manager(new TokenSessionOptions().UseFile(arguments[1]));
        switch (arguments)
        {
            case [Count, _, string times]:
                for (int done = 0; done < int.Parse(times, CultureInfo.InvariantCulture);)
                {
                    OAuthToken token = await manager.GetAsync(Key);
                    int number = token.IsEmpty ? 0 : int.Parse(token.AccessToken, CultureInfo.InvariantCulture);
                    OAuthToken next = new() { AccessToken = (number + 1).ToString(CultureInfo.InvariantCulture) };
                    done += await manager.TryReplaceAsync(token, next, Key) ? 1 : 0;
                }

                return 0;
            default:
                IAsyncDisposable? hold = await ((ITokenRenewalLock)manager).TryAcquireAsync(Key, TimeSpan.FromHours(1));
                Console.WriteLine(hold is null ? "refused" : "held");

                // Until the test kills this process, or is gone itself.
                await Console.In.ReadLineAsync();
                return 0;
        }
    }
}
