using System.Buffers.Binary;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>The process that <see cref="DurabilityTests"/> starts: several writers count in the same sessions, and say so of each count that was acknowledged.</summary>
internal static class CountingProcess
{
    internal const int Writers = 12;

    internal static async Task RunAsync(string connectionString, SessionKey[] keys, int each)
    {
        await using TestApp app = TestApp.On(connectionString, TimeProvider.System);
        await using Stream output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int count = 0; count < each; count++)
            {
                int session = (writer + count) % keys.Length;
                await CountAsync(app.Driver, keys[session]);

                // A line at once, from the thread that heard it: whatever a kill leaves in the pipe was acknowledged.
                byte[] line = [(byte)('0' + session), (byte)'\n'];
                lock (app)
                {
                    output.Write(line);
                }
            }
        })));
    }

    internal static long Counted(SessionRecord record) => BinaryPrimitives.ReadInt64LittleEndian(record.Data.Span);

    internal static byte[] Count(long number)
    {
        byte[] data = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(data, number);
        return data;
    }

    private static async Task CountAsync(ISessionDriver driver, SessionKey key)
    {
        SessionRecord record = (await driver.ReadAsync(key, default))!;
        while (await driver.WriteAsync(record.Next(Count(Counted(record) + 1)), default) is { IsWritten: false } lost)
        {
            record = lost.Winner!;
        }
    }
}
