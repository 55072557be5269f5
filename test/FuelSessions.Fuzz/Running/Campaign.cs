using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.Fuzz.Targets;

namespace FuelSessions.Fuzz.Running;

/// <summary>
/// Runs one target: first what was kept, then fresh inputs, each made from an earlier one that led somewhere new.
/// </summary>
internal sealed class Campaign : IDisposable
{
    private readonly FuzzOptions _options;
    private readonly FuzzTarget _target;
    private readonly CurrentInput _current;
    private readonly Watchdog _watchdog;
    private readonly Trial _trial;
    private readonly Dice _dice;
    private readonly List<byte[]> _led = [];

    private Campaign(FuzzOptions options, FuzzTarget target, CurrentInput current)
    {
        (_options, _target, _current) = (options, target, current);
        _watchdog = new Watchdog(int.Parse(options.Child!.Split(':')[0], CultureInfo.InvariantCulture), () => Report(_current.Get().Input, "it does not come to an end"));
        _trial = new Trial(target, current, _watchdog, guided: !options.Steady);
        _dice = new Dice(options.Seed ^ BitConverter.ToUInt64(SHA256.HashData(Encoding.ASCII.GetBytes(target.Name))));
    }

    /// <summary>Runs all targets, on a thread with no more of a stack than a server's have.</summary>
    internal static int RunAll(FuzzOptions options)
    {
        const int StackSize = 1 << 20;
        int exitCode = ExitCodes.Usage;
        UsageException? misuse = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    exitCode = RunEach(options);
                }
                catch (UsageException error)
                {
                    misuse = error;
                }
            },
            StackSize);
        thread.Start();
        thread.Join();
        return misuse is null ? exitCode : throw misuse;
    }

    private static int RunEach(FuzzOptions options)
    {
        Coverage.Connect();
        using var current = new CurrentInput(options.Child!.Split(':', 2)[1]);
        IReadOnlyList<FuzzTarget> targets = AllTargets.Named(options.Replay is null ? options.Targets : [Failure.TargetOf(options.Replay)]);
        bool good = true;
        long inputs = 0;
        long start = Stopwatch.GetTimestamp();
        foreach (FuzzTarget target in targets)
        {
            current.Enter(target.Name);
            using var campaign = new Campaign(options, target, current);
            good &= options.Replay is null ? campaign.Run(options.Time / targets.Count) : campaign.Replay(options.Replay);
            inputs += campaign._trial.Inputs;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inputs:N0} inputs in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, seed {options.Seed}: {(good ? "every promise held" : "FAILED")}"));
        return good ? ExitCodes.Clean : ExitCodes.Found;
    }

    public void Dispose() => _watchdog.Dispose();

    private bool Replay(string path)
    {
        byte[] input = File.ReadAllBytes(path);
        if (_trial.Run(input, out _) is { } failure)
        {
            Report(input, failure);
            return false;
        }

        Console.WriteLine($"{_target.Name}: every promise holds for {path}");
        return true;
    }

    private bool Run(TimeSpan? time)
    {
        long start = Stopwatch.GetTimestamp();
        var kept = new KeptInputs(_options.Corpus, _target.Name);
        foreach (byte[] input in kept.All.Concat(_target.Seeds))
        {
            if (!IsGood(input))
            {
                return false;
            }
        }

        var mutator = new Mutator(_dice, [.. _target.Words.Select(Encoding.Latin1.GetBytes)]);
        var fresh = new InputBuffer(_target.Longest);
        long known = _trial.Inputs;
        while (_trial.Inputs - known < (_options.Inputs ?? long.MaxValue) && (time is null || _trial.Inputs % 256 != 0 || Stopwatch.GetElapsedTime(start) < time))
        {
            fresh.Set(Choose());
            mutator.Change(fresh, Choose());
            if (!_dice.OneIn(8))
            {
                _target.Mend(fresh);
            }

            if (!IsGood(fresh.Memory))
            {
                return false;
            }
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_target.Name,-16} {_trial.Inputs,11:N0} inputs {_trial.Inputs / took.TotalSeconds,9:N0}/s  {_trial.Coverage.Branches,5} branches {_trial.Coverage.Outcomes,5} outcomes  at worst {_trial.WorstRatio,5:0.0} of {_target.BytesPerByte} bytes allocated per byte beyond the first {_target.FixedBytes / 1024} KB; {_trial.WorstShare,4:P0} of the bound"));
        if (_options.Keep)
        {
            var anew = new Trial(_target, _current, _watchdog, guided: true);
            kept.Write(_led, candidate => anew.Run(candidate, out bool isNew) is null && isNew);
        }

        return true;
    }

    // Half of the time a recent one, which has been changed less often.
    private byte[] Choose()
    {
        const int Recent = 16;
        return _led.Count == 0 ? [] : _led[_dice.OneIn(2) ? _dice.Below(_led.Count) : Math.Max(0, _led.Count - 1 - _dice.Below(Recent))];
    }

    private bool IsGood(ReadOnlyMemory<byte> input)
    {
        string? failure = _trial.Run(input, out bool isNew);
        if (failure is not null)
        {
            byte[] smaller = Smaller(input.ToArray(), failure);
            Report(smaller, _trial.Run(smaller, out _) ?? failure);
            return false;
        }

        if (isNew)
        {
            _led.Add(input.ToArray());
        }

        return true;
    }

    // Without whatever it fails without in the same way.
    private byte[] Smaller(byte[] input, string failure)
    {
        for (int size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (int at = 0; at + size <= input.Length;)
            {
                byte[] without = [.. input[..at], .. input[(at + size)..]];
                var mended = new InputBuffer(input.Length);
                mended.Set(without);
                _target.Mend(mended);
                byte[]? smaller = Fails(without) ? without : Fails(mended.Memory) ? mended.Memory.ToArray() : null;
                input = smaller ?? input;
                at += smaller is null ? size : 0;
            }
        }

        return input;

        bool Fails(ReadOnlyMemory<byte> candidate) => _trial.Run(candidate, out _) is { } same && KindOf(same) == KindOf(failure);
    }

    private static string KindOf(string failure) => new([.. failure.Split('\n').Take(3).SelectMany(static line => line).Where(static character => !char.IsDigit(character))]);

    private void Report(byte[] input, string what) => Failure.Report(_options.Failures, _target.Name, input, what);
}
