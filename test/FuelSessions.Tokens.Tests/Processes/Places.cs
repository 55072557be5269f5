using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.Processes;

[Collection(StoresOnRedis.Name)]
public sealed class ProcessesOnRedis(RedisServer server) : WebSessionProcesses
{
    protected override string Kind => Place.Redis;

    private protected override async Task<string> AddressAsync(TemporaryFolder folder)
    {
        await server.SendAsync("FLUSHALL");
        return server.Configuration;
    }
}

[Collection(StoresOnPostgres.Name)]
public sealed class ProcessesOnPostgres(PostgresServer server) : TwoProcesses
{
    protected override string Kind => Place.Postgres;

    private protected override Task<string> AddressAsync(TemporaryFolder folder) => server.CreateDatabaseAsync();
}

[Collection(StoresOnMariaDb.Name)]
public sealed class ProcessesOnMariaDb(MariaDbServer server) : TwoProcesses
{
    protected override string Kind => Place.MariaDb;

    private protected override Task<string> AddressAsync(TemporaryFolder folder) => server.CreateDatabaseAsync();
}

public sealed class ProcessesOnSqlite : WebSessionProcesses
{
    protected override string Kind => Place.Sqlite;

    private protected override Task<string> AddressAsync(TemporaryFolder folder) => Task.FromResult(folder.Sqlite);
}

public sealed class ProcessesOnFiles : TwoProcesses
{
    protected override string Kind => Place.File;

    private protected override Task<string> AddressAsync(TemporaryFolder folder) => Task.FromResult(folder.Below("tokens"));
}
