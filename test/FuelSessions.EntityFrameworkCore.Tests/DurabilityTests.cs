using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[D14] A process that is killed while it writes loses nothing that was acknowledged.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DurabilityTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), TimeProvider.System).CreatedAsync();
        SessionRecord record = Support.Records.New(TimeProvider.System.GetUtcNow());
        Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
        long stored = 1;
        foreach (int lines in (int[])[3, 40, 150])
        {
            long acknowledged = await KillAfterAsync(lines, record.Key);
            Assert.True(acknowledged >= stored + lines);
            SessionRecord? read = await app.Driver.ReadAsync(record.Key, default);
            Assert.NotNull(read);
            stored = read.Version;

            // The one after it may have been stored and not been acknowledged any more.
            Assert.InRange(stored, acknowledged, acknowledged + 1);
            Assert.Equal(stored, BinaryPrimitives.ReadInt64LittleEndian(read.Data.Span));
        }
    }

    /// <summary>Two processes count in the same sessions, many requests at once in each, so that most commits are of several; one of them is killed.</summary>
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task What_was_acknowledged_is_what_is_counted_when_one_of_two_processes_is_killed(string where)
    {
        const int Each = 60;
        string database = where == "SQLite" ? _folder.ConnectionString() : await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.On(database, TimeProvider.System).CreatedAsync();
        SessionRecord[] records = [.. Enumerable.Range(0, 6).Select(_ => Support.Records.New(TimeProvider.System.GetUtcNow(), CountingProcess.Count(0)))];
        foreach (SessionRecord record in records)
        {
            Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
        }

        string[] keys = [.. records.Select(record => record.Key.ToHex())];
        long[] acknowledged = new long[records.Length];
        using Process killed = Start(["count", database, "1000000", .. keys]);
        using Process finished = Start(["count", database, $"{Each}", .. keys]);
        Task<int> ofFinished = CountAsync(finished, acknowledged, killAfter: null);
        int ofKilled = await CountAsync(killed, acknowledged, killAfter: 400);
        Assert.Equal(Each * CountingProcess.Writers, await ofFinished);
        Assert.Equal(0, finished.ExitCode);
        Assert.True(ofKilled >= 400);

        long stored = 0;
        for (int session = 0; session < records.Length; session++)
        {
            SessionRecord record = (await app.Driver.ReadAsync(records[session].Key, default))!;
            long counted = CountingProcess.Counted(record);
            Assert.Equal(counted, record.Version - 1);
            Assert.True(counted >= acknowledged[session], $"{acknowledged[session] - counted} acknowledged counts are lost.");
            stored += counted;
        }

        // What each writer of the killed process had under way may have been stored and not been acknowledged any more.
        Assert.InRange(stored, acknowledged.Sum(), acknowledged.Sum() + CountingProcess.Writers);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<int> CountAsync(Process process, long[] acknowledged, int? killAfter)
    {
        int seen = 0;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            Interlocked.Increment(ref acknowledged[line[0] - '0']);
            if (++seen == killAfter)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        return seen;
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        [typeof(DurabilityTests).Assembly.Location, .. arguments])
    {
        RedirectStandardOutput = true,
    })!;

    private async Task<long> KillAfterAsync(int lines, SessionKey key)
    {
        using Process writer = Start([_folder.ConnectionString(), key.ToHex()]);
        long acknowledged = 0;
        int seen = 0;
        while (await writer.StandardOutput.ReadLineAsync() is { } line)
        {
            acknowledged = long.Parse(line, CultureInfo.InvariantCulture);
            if (++seen == lines)
            {
                // SIGKILL; what it had acknowledged until then is still in the pipe.
                writer.Kill();
            }
        }

        await writer.WaitForExitAsync();
        return acknowledged;
    }
}
