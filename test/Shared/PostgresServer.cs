using System.Data.Common;
using Npgsql;

namespace FuelSessions.Tests.Servers;

/// <summary>A PostgreSQL server of the tests' own.</summary>
public sealed class PostgresServer() : DatabaseServer("PostgreSQL", account: "postgres", stop: "INT")
{
    private const string User = "fuel";

    private string? _binaries;
    private string[] _paused = [];

    protected override string FirstDatabase => "postgres";

    protected override string[] Command =>
    [
        Path.Combine(_binaries!, "postgres"), "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1",
        "-c", $"unix_socket_directories={Folder}", "-c", $"fsync={(Flushes ? "on" : "off")}", "-c", "max_connections=200",
    ];

    // It is one of several processes.
    public override async Task PauseAsync()
    {
        _ = ConnectionString(FirstDatabase);
        string server = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];

        // The first of them first: it begins no other one then.
        await RunAsync("kill", "-STOP", server);
        string[] children = (await File.ReadAllTextAsync($"/proc/{server}/task/{server}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _paused = [.. children, server];
        await RunAsync("kill", ["-STOP", .. children]);
    }

    public override Task ResumeAsync() => RunAsync("kill", ["-CONT", .. _paused]);

    protected override string? FindPrograms()
    {
        _binaries = FindBinaries();
        return _binaries is null ? "There are no PostgreSQL binaries in /usr/lib/postgresql or on the path (Debian: apt-get install postgresql)." : null;
    }

    protected override Task SetUpAsync() =>
        RunAsync(Path.Combine(_binaries!, "initdb"), "-D", Data, "-U", User, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync");

    protected override bool IsReady(string line) => line.Contains("ready to accept connections", StringComparison.Ordinal);

    // Clients that are too early are told FATAL too.
    protected override bool IsFatal(string line) =>
        line.Contains("FATAL", StringComparison.Ordinal) && !line.Contains("the database system is starting up", StringComparison.Ordinal);

    protected override string Address(string database) =>
        $"Host=127.0.0.1;Port={Port};Username={User};Database={database};Maximum Pool Size=30;Include Error Detail=true";

    protected override DbConnection Connect(string connectionString) => new NpgsqlConnection(connectionString);

    protected override string Creation(string database) => $"CREATE DATABASE {database}";

    protected override void ClearPools() => NpgsqlConnection.ClearAllPools();

    /// <summary>The folder of the newest server that Debian's packages brought, or of the one on the path.</summary>
    private static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return versions
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out int number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .Concat(PathFolders)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
