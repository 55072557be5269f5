using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[D14] A process that is killed while it writes loses nothing that was acknowledged.</summary>
public sealed class DurabilityTests : IDisposable
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

    public void Dispose() => _folder.Dispose();

    private async Task<long> KillAfterAsync(int lines, SessionKey key)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            [typeof(DurabilityTests).Assembly.Location, _folder.ConnectionString(), key.ToHex()])
        {
            RedirectStandardOutput = true,
        };
        using Process writer = Process.Start(start)!;
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
