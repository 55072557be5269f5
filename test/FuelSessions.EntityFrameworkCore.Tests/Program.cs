using System.Buffers.Binary;
using FuelSessions.EntityFrameworkCore.Tests;
using FuelSessions.EntityFrameworkCore.Tests.Storm;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;

if (args is ["count", string counted, string each, .. string[] keys])
{
    SessionKey[] sessions = [.. keys.Select(hex => SessionKey.TryParseHex(hex, out SessionKey session) ? session : throw new FormatException(hex))];
    await CountingProcess.RunAsync(counted, sessions, int.Parse(each, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

if (args is [StormRun.Command, string seconds, string seed, .. string[] stores])
{
    return await StormRun.RunAsync(seconds, seed, stores);
}

if (args is [WritingProcess.Command, .. string[] writing])
{
    return await WritingProcess.RunAsync(writing);
}

// The process that DurabilityTests kills: writes one version after another and says so of each that was acknowledged.
if (args is not [string connectionString, string keyHex] || !SessionKey.TryParseHex(keyHex, out SessionKey key))
{
    Console.Error.WriteLine("Run the tests with `dotnet test`, the storm with build/storm.sh.");
    return 1;
}

await using TestApp app = TestApp.OnSqlite(connectionString, TimeProvider.System);
await using Stream output = Console.OpenStandardOutput();
SessionRecord? record = await app.Driver.ReadAsync(key, default);
while (record is not null)
{
    byte[] number = new byte[sizeof(long)];
    BinaryPrimitives.WriteInt64LittleEndian(number, record.Version + 1);
    record = record.Next(number);
    if (!(await app.Driver.WriteAsync(record, default)).IsWritten)
    {
        return 2;
    }

    await output.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{record.Version}\n"));
}

return 3;
