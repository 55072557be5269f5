using System.Runtime.InteropServices;

namespace FuelSessions.Tests.Servers;

/// <summary>Turns an interruption into a cancellation, so that all that was started is stopped and all that was written is removed.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _signals;

    private Interruption() => _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
        .Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _source.Cancel();
        }))];

    /// <summary>Runs something with the token of an interruption; 130, as a shell has it, if that ended it.</summary>
    internal static async Task<int> EndsAsync(Func<CancellationToken, Task<int>> run)
    {
        using var interruption = new Interruption();
        try
        {
            return await run(interruption._source.Token);
        }
        catch (OperationCanceledException) when (interruption._source.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted.");
            return 130;
        }
    }

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _source.Dispose();
    }
}
