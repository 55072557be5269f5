using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using Microsoft.Data.Sqlite;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>A file that now and then belongs to somebody else alone, as during a backup.</summary>
internal sealed class SqlitePlace : StormPlace
{
    private readonly TempFolder _folder = new();

    internal override string Database => _folder.ConnectionString();

    internal override bool KnowsRepeating => false;

    internal override async Task<string> DisturbAsync(SessionKey[] sessions, Random random, CancellationToken end)
    {
        int locks = 0;
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(random.Next(50, 500), CancellationToken.None);
            await using DbConnection connection = Connect();
            await connection.OpenAsync(CancellationToken.None);
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            try
            {
                await SqliteWait.ExecuteAsync(command, static command => command.ExecuteNonQuery(), end);
            }
            catch (Exception error) when (error is SqliteException or OperationCanceledException)
            {
                // The writers did not let it in.
                continue;
            }

            locks++;
            await Task.Delay(random.Next(5, 700), CancellationToken.None);
        }

        return $"{locks} locks of the file";
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }

    protected override DbConnection Connect() => new SqliteConnection($"{Database};Pooling=False");
}
