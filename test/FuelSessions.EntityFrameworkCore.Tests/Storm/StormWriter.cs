using System.Collections.Concurrent;
using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>Writes to sessions that others write to as well, begins some, moves the ends of some, and often loses patience.</summary>
internal sealed class StormWriter(ISessionDriver driver, SessionKey[] sessions, int process, int writer, int seed)
{
    // So that what a round leaves to be checked has an end, however quick the database is.
    private const int MostWrites = 2000;

    // Which a fourth of all writes go to, beside those that meet them by chance.
    private const int Contended = 10;

    private readonly Random _random = new(HashCode.Combine(seed, process, writer));

    /// <summary>What was told of each write.</summary>
    internal ConcurrentQueue<WriteReport> Reports { get; init; } = [];

    /// <summary>How often there was which error.</summary>
    internal ConcurrentDictionary<string, int> Errors { get; init; } = [];

    internal async Task RunAsync(TimeSpan duration)
    {
        long began = Stopwatch.GetTimestamp();
        for (int number = 0; number < MostWrites && Stopwatch.GetElapsedTime(began) < duration; number++)
        {
            using CancellationTokenSource? impatience = OneIn(10) ? new CancellationTokenSource(TimeSpan.FromMilliseconds(_random.Next(25))) : null;
            var nonce = Nonce.Of(process, writer, number);
            if (await PrepareAsync(nonce, impatience?.Token ?? default) is { } record)
            {
                await WriteAsync(record, nonce, impatience?.Token ?? default);
            }
        }
    }

    /// <summary>A record to be written; null if an error was in the way.</summary>
    private async Task<SessionRecord?> PrepareAsync(Nonce nonce, CancellationToken cancellationToken)
    {
        if (OneIn(20))
        {
            return Support.Records.New(TimeProvider.System.GetUtcNow(), nonce.AddedTo([]));
        }

        SessionKey key = sessions[_random.Next(OneIn(4) ? Contended : sessions.Length)];
        try
        {
            if (await driver.ReadAsync(key, default) is not { } record)
            {
                Reports.Enqueue(new WriteReport(WriteOutcome.Gone, nonce, key));
                return null;
            }

            if (OneIn(10))
            {
                await driver.TouchAsync(key, record.Version, record.Expires.AddMilliseconds(_random.Next(1, 5000)), cancellationToken);
            }

            return Changed(record, nonce);
        }
        catch (Exception error)
        {
            Note(error);
            return null;
        }
    }

    private async Task WriteAsync(SessionRecord record, Nonce nonce, CancellationToken cancellationToken)
    {
        WriteOutcome outcome;
        try
        {
            outcome = await UntilDecidedAsync(record, nonce, cancellationToken);
        }
        catch (Exception error)
        {
            Note(error);
            outcome = UnknownOutcome.Is(error) ? WriteOutcome.Unknown : WriteOutcome.Refused;
        }

        Reports.Enqueue(new WriteReport(outcome, nonce, record.Key));
    }

    // As the engine does: who was second writes again, on top of what won.
    private async Task<WriteOutcome> UntilDecidedAsync(SessionRecord record, Nonce nonce, CancellationToken cancellationToken)
    {
        while (true)
        {
            WriteResult result = await driver.WriteAsync(record, cancellationToken);
            if (result.IsWritten)
            {
                return WriteOutcome.Acknowledged;
            }

            if (result.Winner is not { } winner)
            {
                return WriteOutcome.Gone;
            }

            if (nonce.IsIn(winner.Data.Span))
            {
                return WriteOutcome.LostToItself;
            }

            record = Changed(winner, nonce);
        }
    }

    // Which columns a write sets depends on what has changed.
    private SessionRecord Changed(SessionRecord record, Nonce nonce) => record.Next(nonce.AddedTo(record.Data.Span)) with
    {
        Expires = OneIn(3) ? record.Expires.AddMilliseconds(_random.Next(1, 1000)) : record.Expires,
        Principal = OneIn(5) ? _random.Next(2) == 0 ? null : $"user {_random.Next(3)}" : record.Principal,
    };

    private void Note(Exception error) => Errors.AddOrUpdate(error.GetType().Name, 1, static (_, count) => count + 1);

    private bool OneIn(int many) => _random.Next(many) == 0;
}
