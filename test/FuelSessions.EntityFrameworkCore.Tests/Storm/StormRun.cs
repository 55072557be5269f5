using System.Globalization;
using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>A storm: rounds on each of the databases until its time is over, or one finds a difference. Started by build/storm.sh.</summary>
internal static class StormRun
{
    internal const string Command = "storm";

    // So that sessions stay small: they hold all their writes.
    private const int LongestRound = 10;

    // Of one round; there are as many as writes.
    private const int MostShown = 20;

    /// <returns>0 if all is well, 1 for a difference, 2 if there was no storm.</returns>
    internal static Task<int> RunAsync(string seconds, string seed, string[] stores) => Interruption.EndsAsync(async cancellationToken =>
    {
        try
        {
            foreach (string store in stores)
            {
                if (!await IsWeatheredAsync(store, Number(seconds, "--seconds"), Number(seed, "--seed"), cancellationToken))
                {
                    return 1;
                }
            }

            return 0;
        }
        catch (Exception error) when (error is ArgumentException or ServerMissingException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
        catch (InvalidOperationException error)
        {
            await Console.Error.WriteLineAsync($"{error.Message} (--seed {seed})");
            return 1;
        }
    });

    private static async Task<bool> IsWeatheredAsync(string store, int seconds, int seed, CancellationToken cancellationToken)
    {
        await using StormPlace place = await StormPlace.OpenAsync(store);
        for (int number = 1; seconds > 0; number++, seconds -= LongestRound)
        {
            var round = new StormRound(place, Math.Min(seconds, LongestRound), seed + number);
            await round.RunAsync(cancellationToken);
            Console.WriteLine($"{store} {number}: {round}");
            if (round.Differences.Count > 0)
            {
                round.Differences.Take(MostShown).ToList().ForEach(Console.Error.WriteLine);
                await Console.Error.WriteLineAsync($"{round.Differences.Count} differences in round {number} on {store} (--seed {seed}).");
                return false;
            }
        }

        return true;
    }

    private static int Number(string text, string option) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
        ? number
        : throw new ArgumentException($"{option} is '{text}'; a positive whole number is needed.");
}
