using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Files;

/// <summary>Several processes on one folder, and processes that die.</summary>
public sealed class FileProcessTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly FileSessionDriver _driver;

    public FileProcessTests() => _driver = new FileSessionDriver(_folder.Path, TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Increments_of_three_processes_add_up()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Number(0));
        using Process first = ChildProcess.Start(ChildProcess.Increment, _folder.Path, record.Key);
        using Process second = ChildProcess.Start(ChildProcess.Increment, _folder.Path, record.Key);
        await ChildProcess.IncrementAsync(_driver, record.Key).WaitAsync(Longest);
        Assert.Equal(0, await ExitCodeAsync(first));
        Assert.Equal(0, await ExitCodeAsync(second));

        SessionRecord end = _driver.Read(record.Key, None)!;
        Assert.Equal(3 * ChildProcess.Increments, SampleRecords.Number(end));
        Assert.Equal(1 + (3 * ChildProcess.Increments), end.Version);
    }

    // Wherever the kill strikes, this must hold; each round strikes elsewhere.
    [Fact]
    public async Task A_killed_writer_loses_nothing_that_was_acknowledged()
    {
        SessionRecord record = await StoredAsync(ChildProcess.Content(1));
        for (int round = 1; round <= 6; round++)
        {
            using Process writer = ChildProcess.Start(ChildProcess.WriteForever, _folder.Path, record.Key);
            long acknowledged = await KilledAfterAsync(writer, writes: 5 * round);

            SessionRecord? read = _driver.Read(record.Key, None);
            Assert.NotNull(read);
            Assert.InRange(read.Version, acknowledged, acknowledged + 1);
            Assert.True(read.Data.Span.SequenceEqual(ChildProcess.Content(read.Version)));

            // Its lock died with it, and what it left half written is in nobody's way.
            record = read with { Version = read.Version + 1, Data = ChildProcess.Content(read.Version + 1) };
            Assert.True((await _driver.WriteAsync(record, None).AsTask().WaitAsync(Longest)).IsWritten);
        }

        foreach (string path in _folder.TemporaryFiles())
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-2));
        }

        Assert.Equal(0, await _driver.CollectExpiredAsync(10, None));
        Assert.Empty(_folder.TemporaryFiles());
    }

    // A limit on the size of files stops a write in the middle, as a full disk does.
    [UnixFact]
    public async Task A_full_disk_leaves_the_record_and_no_temporary_file()
    {
        SessionRecord record = await StoredAsync(ChildProcess.Content(1));
        using Process writer = ChildProcess.Start(ChildProcess.WriteLarge, _folder.Path, record.Key, start =>
        {
            string[] command = [start.FileName, .. start.ArgumentList];
            start.FileName = "/bin/sh";
            start.ArgumentList.Clear();
            foreach (string argument in (string[])["-c", "trap '' XFSZ; ulimit -f 200; exec \"$@\"", "sh", .. command])
            {
                start.ArgumentList.Add(argument);
            }

            // The runtime's own memory files are not what is to be limited.
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
        });

        Assert.Equal(ChildProcess.Refused, await ExitCodeAsync(writer));
        Assert.Empty(_folder.TemporaryFiles());
        RecordAssert.Same(record, _driver.Read(record.Key, None), TimeSpan.Zero);
    }

    [UnixFact]
    public async Task Where_locks_have_no_effect_the_driver_does_not_start()
    {
        using Process locked = ChildProcess.Start(ChildProcess.Open, _folder.Path, SessionKey.Create());
        Assert.Equal(0, await ExitCodeAsync(locked));

        using Process unlocked = ChildProcess.Start(
            ChildProcess.Open, _folder.Path, SessionKey.Create(), start => start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1");
        Assert.Equal(ChildProcess.Refused, await ExitCodeAsync(unlocked));
    }

    // The last version that it said was acknowledged.
    private static async Task<long> KilledAfterAsync(Process writer, int writes)
    {
        using var longest = new CancellationTokenSource(Longest);
        try
        {
            long acknowledged = 0;
            for (int count = 1; await writer.StandardOutput.ReadLineAsync(longest.Token) is { } line; count++)
            {
                acknowledged = long.Parse(line);
                if (count == writes)
                {
                    writer.Kill();
                }
            }

            await writer.WaitForExitAsync(longest.Token);
            return acknowledged;
        }
        finally
        {
            writer.Kill();
        }
    }

    private static async Task<int> ExitCodeAsync(Process process)
    {
        using var longest = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(longest.Token);
            return process.ExitCode;
        }
        finally
        {
            process.Kill();
        }
    }

    private async Task<SessionRecord> StoredAsync(byte[] data)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        SessionRecord record = SampleRecords.Bare(now) with { Data = data };
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        return record;
    }
}
