namespace FuelSessions.Fuzz.Running;

/// <summary>Runs one input after another on a target, and tells which of them break a promise.</summary>
internal sealed class Trial(FuzzTarget target, CurrentInput current, Watchdog watchdog, bool guided)
{
    // What is made once, such as a serialiser's tables, is charged to whoever comes first; and a machine's collector now and then moves a bound.
    private const int Repetitions = 3;

    internal Coverage Coverage { get; } = new(guided);

    internal long Inputs { get; private set; }

    /// <summary>The most that an input has allocated beyond the fixed part, for each of its bytes.</summary>
    internal double WorstRatio { get; private set; }

    /// <summary>The most that an input has allocated, as a part of what it may.</summary>
    internal double WorstShare { get; private set; }

    /// <summary>Runs it. What is wrong with it; null if nothing is.</summary>
    /// <param name="isNew">Whether it did what no input before it did.</param>
    internal string? Run(ReadOnlyMemory<byte> input, out bool isNew)
    {
        Inputs++;
        isNew = false;
        current.Set(input.Span);
        watchdog.Begin();
        string? failure = RunOnce(input, out int outcome);
        for (int left = Repetitions - 1; failure is null && left > 0 && Exceeds(input); left--)
        {
            failure = RunOnce(input, out outcome);
        }

        watchdog.End();
        if (failure is not null)
        {
            return failure;
        }

        long most = target.MostBytes(input.Length);
        if (target.Meter.Bytes > most)
        {
            return $"it allocated {target.Meter.Bytes} bytes for {input.Length + target.Meter.Given}, where {most} are the most ({target.FixedBytes} and {target.BytesPerByte} for each byte)";
        }

        WorstShare = Math.Max(WorstShare, (double)target.Meter.Bytes / most);
        WorstRatio = Math.Max(WorstRatio, (double)(target.Meter.Bytes - target.FixedBytes) / Math.Max(1, input.Length + target.Meter.Given));
        isNew = Coverage.Add(outcome);
        return null;
    }

    private bool Exceeds(ReadOnlyMemory<byte> input) => target.Meter.Bytes > target.MostBytes(input.Length);

    private string? RunOnce(ReadOnlyMemory<byte> input, out int outcome)
    {
        Coverage.Reset();
        target.Meter.Clear();
        try
        {
            outcome = target.Run(input);
            return null;
        }
        catch (BrokenPromiseException broken)
        {
            outcome = 0;
            return broken.Message;
        }
        catch (Exception error)
        {
            outcome = 0;
            return $"it threw what it must not:\n{error}";
        }
    }
}
