using FuelSessions.Drivers;
using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

// Many at the same time, on one record.
public abstract partial class SessionDriverConformance
{
    private const int Writers = 25;
    private const int IncrementsEach = 8;

    /// <summary>200 increments by 25 writers, each repeated on what won until it is stored, add 200, whoever touches the record meanwhile.</summary>
    [Fact]
    public async Task Concurrent_increments_are_exact()
    {
        SessionRecord start = await StoredAsync(SampleRecords.Bare(Now) with { Data = SampleRecords.Number(0) });
        using var done = new CancellationTokenSource();

        // Under way before the first of them writes: a touch in two steps has looked by then.
        Task[] touches = [.. Enumerable.Range(0, 2).Select(_ => TouchUntilAsync(start, done.Token))];
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => IncrementAsync(start))));
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(touches);
        }

        SessionRecord? end = await Driver.ReadAsync(start.Key, None);
        Assert.NotNull(end);
        Assert.Equal(Writers * IncrementsEach, SampleRecords.Number(end));
        Assert.Equal(1 + (Writers * IncrementsEach), end.Version);
    }

    /// <summary>Of many that create one record, one wins, and all others learn which.</summary>
    [Fact]
    public async Task Of_concurrent_creations_one_wins()
    {
        SessionRecord template = SampleRecords.Full(Now);
        SessionRecord[] attempts = [.. Enumerable.Range(0, Writers).Select(number => template with { Data = SampleRecords.Number(number) })];
        WriteResult[] results = await Task.WhenAll(attempts.Select(attempt => Task.Run(() => Driver.WriteAsync(attempt, None).AsTask())));

        SessionRecord winner = Assert.Single(attempts.Where((_, number) => results[number].IsWritten));
        await AssertStoredAsync(winner);
        foreach (WriteResult result in results.Where(result => !result.IsWritten))
        {
            AssertLostTo(winner, result);
        }
    }

    /// <summary>A reader finds a whole version, never nothing, and none older than what was stored when it began.</summary>
    [Fact]
    public async Task Readers_see_whole_versions_in_order()
    {
        SessionRecord start = await StoredAsync(SampleRecords.Bare(Now) with { Data = Filled(1) });
        var progress = new Progress();
        int[] reads = new int[4];
        Task[] readers = [.. reads.Select((_, reader) => Task.Run(() => ReadUntilFinishedAsync(start.Key, progress, () => reads[reader]++)))];

        // Until each reader was at it for a while; one that is through already has found something wrong.
        SessionRecord record = start;
        for (int writes = 0; (writes < 100 || reads.Min() < 50) && !readers.Any(reader => reader.IsCompleted); writes++)
        {
            Assert.True((await Driver.TouchAsync(record.Key, record.Version, record.Expires.AddMinutes(1), None)).IsWritten);
            record = Next(record, Filled(record.Version + 1)) with { Expires = record.Expires.AddMinutes(1) };
            Assert.True((await Driver.WriteAsync(record, None)).IsWritten);
            progress.Acknowledged = record.Version;
            await Task.Yield();
        }

        progress.IsFinished = true;
        await Task.WhenAll(readers);
    }

    /// <summary>A record that is deleted amid writes and touches stays deleted, and what is deleted is the version that was asked for.</summary>
    [Fact]
    public async Task A_record_deleted_amid_writes_and_touches_stays_deleted()
    {
        SessionRecord start = await StoredAsync(SampleRecords.Bare(Now));
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var deleted = new CancellationTokenSource();
        Task<long>[] writers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => WriteUntilGoneAsync(start, busy, deleted.Token)))];
        Task[] touches = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => TouchUntilGoneAsync(start, deleted.Token)))];

        // If one of them ends early its error is the one to see.
        await Task.WhenAny([busy.Task, .. writers, .. touches]);
        SessionRecord basis = start;
        while ((await Driver.DeleteAsync(basis.Key, basis.Version, None)).Winner is { } winner)
        {
            basis = winner;
        }

        await deleted.CancelAsync();
        long[] stored = await Task.WhenAll(writers);
        await Task.WhenAll(touches);
        await AssertAbsentAsync(start.Key);
        Assert.True(stored.Max() <= basis.Version, $"Version {stored.Max()} was stored, and is gone, though version {basis.Version} was to be deleted.");
    }

    // Every writer starts from the same version, so that they collide on any machine, and yields so that they go on to.
    private async Task IncrementAsync(SessionRecord read)
    {
        for (int done = 0; done < IncrementsEach;)
        {
            SessionRecord next = Next(read, SampleRecords.Number(SampleRecords.Number(read) + 1));
            WriteResult result = await Driver.WriteAsync(next, None);
            if (result.IsWritten)
            {
                done++;
                read = next;
            }
            else
            {
                Assert.True(result.Winner is not null, "A live record was not found while it was written.");
                Assert.InRange(result.Winner.Version, read.Version + 1, 1 + (Writers * IncrementsEach));
                read = result.Winner;
            }

            await Task.Yield();
        }
    }

    // The latest version that it has stored.
    private async Task<long> WriteUntilGoneAsync(SessionRecord read, TaskCompletionSource busy, CancellationToken deleted)
    {
        long stored = read.Version;
        for (int attempt = 1; ; attempt++)
        {
            bool mustBeGone = deleted.IsCancellationRequested;
            SessionRecord next = Next(read);
            WriteResult result = await Driver.WriteAsync(next, None);
            if (result.IsGone)
            {
                return stored;
            }

            Assert.False(mustBeGone, "A write that began after the delete was stored, or found a record.");
            read = result.Winner ?? next;
            stored = result.IsWritten ? next.Version : stored;
            if (attempt == 10)
            {
                busy.TrySetResult();
            }

            await Task.Yield();
        }
    }

    private async Task TouchUntilAsync(SessionRecord read, CancellationToken done)
    {
        for (DateTimeOffset end = read.Expires; !done.IsCancellationRequested; end = end.AddSeconds(1))
        {
            WriteResult result = await Driver.TouchAsync(read.Key, read.Version, end.AddSeconds(1), None);
            Assert.False(result.IsGone, "A live record was not found while it was touched.");
            read = result.Winner ?? read;
            await Task.Yield();
        }
    }

    private async Task TouchUntilGoneAsync(SessionRecord read, CancellationToken deleted)
    {
        for (DateTimeOffset end = Now + Long; ; end = end.AddSeconds(1))
        {
            bool mustBeGone = deleted.IsCancellationRequested;
            WriteResult result = await Driver.TouchAsync(read.Key, read.Version, end, None);
            if (result.IsGone)
            {
                return;
            }

            Assert.False(mustBeGone, "A touch that began after the delete found a record.");
            read = result.Winner ?? read;
            await Task.Yield();
        }
    }

    private async Task ReadUntilFinishedAsync(SessionKey key, Progress progress, Action count)
    {
        for (long seen = 1; !progress.IsFinished;)
        {
            seen = Math.Max(seen, progress.Acknowledged);
            SessionRecord? read = await Driver.ReadAsync(key, None);
            Assert.True(read is not null, "A live record was not found while it was written.");
            Assert.True(read.Version >= seen, $"Version {read.Version} was read after version {seen} was stored.");
            Assert.True(read.Data.Span.SequenceEqual(Filled(read.Version)), "Parts of two versions were read as one.");
            seen = read.Version;
            count();
            await Task.Yield();
        }
    }

    private static byte[] Filled(long version)
    {
        byte[] data = new byte[20_000 + (int)(version % 1000)];
        Array.Fill(data, (byte)version);
        return data;
    }

    private sealed class Progress
    {
        private long _acknowledged;
        private volatile bool _finished;

        internal long Acknowledged
        {
            get => Volatile.Read(ref _acknowledged);
            set => Volatile.Write(ref _acknowledged, value);
        }

        internal bool IsFinished
        {
            get => _finished;
            set => _finished = value;
        }
    }
}
