using System.Globalization;

namespace FuelSessions.Fuzz.Running;

/// <summary>What the command line asks for.</summary>
/// <param name="Targets">Which ones; empty: all.</param>
/// <param name="Inputs">How many fresh inputs each gets; null: no bound.</param>
/// <param name="Time">How long all of them together take; null: no bound.</param>
/// <param name="Corpus">Where the kept inputs are.</param>
/// <param name="Failures">Where inputs that break a promise are written to.</param>
/// <param name="Keep">Whether inputs that led somewhere new are added to the kept ones.</param>
/// <param name="Steady">Whether the inputs follow from the seed and the kept ones alone, on every machine: branches are counted, and lead nowhere.</param>
/// <param name="Replay">One input's file, to run alone.</param>
/// <param name="Child">In the instrumented copy: the file in which the current input is left for the process that watches.</param>
internal sealed record FuzzOptions(
    IReadOnlyList<string> Targets, long? Inputs, TimeSpan? Time, ulong Seed, string Corpus, string Failures, bool Keep, bool Steady, string? Replay, string? Child)
{
    /// <exception cref="UsageException">An option is not known, or its value is none.</exception>
    internal static FuzzOptions Parse(string[] args)
    {
        var options = new FuzzOptions([], null, null, 1, "Corpus", "failures", Keep: false, Steady: false, null, null);
        for (int at = 0; at < args.Length; at++)
        {
            options = args[at] switch
            {
                "--keep" => options with { Keep = true },
                "--steady" => options with { Steady = true },
                "--target" => options with { Targets = [.. options.Targets, .. Value().Split(',')] },
                "--inputs" => options with { Inputs = (long)Number() },
                "--minutes" => options with { Time = TimeSpan.FromMinutes(Number()) },
                "--seed" => options with { Seed = (ulong)Number() },
                "--corpus" => options with { Corpus = Value() },
                "--failures" => options with { Failures = Value() },
                "--replay" => options with { Replay = Value() },
                "--child" => options with { Child = Value() },
                _ => throw new UsageException($"Unknown option: {args[at]} (see build/fuzz.sh --help)"),
            };

            string Value() => ++at < args.Length ? args[at] : throw new UsageException($"{args[at - 1]} needs a value (see build/fuzz.sh --help)");

            double Number() => double.TryParse(Value(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0
                ? number
                : throw new UsageException($"{args[at - 1]} needs a positive number, not '{args[at]}'");
        }

        return options.Inputs is null && options.Time is null && options.Replay is null
            ? throw new UsageException("Say how long: --inputs N or --minutes N (see build/fuzz.sh --help)")
            : options;
    }
}
