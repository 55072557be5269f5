using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A PostgreSQL server of the tests' own, from the binaries of Debian's package: its data in a temporary folder, on a free
/// port of 127.0.0.1, gone with the tests. A collection fixture; tests that share it share the server.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    // Ends the server, by its process id, when the test process closes the pipe or dies.
    private const string Guarded = "\"$@\" & server=$!; read -r _; kill -INT \"$server\"; wait \"$server\"";

    private const string User = "fuel";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _shared = new();
    private Process? _guard;
    private string? _folder;
    private string? _binaries;
    private int _port;
    private int _databases;
    private string[] _paused = [];

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? MissingReason { get; private set; }

    public async Task InitializeAsync()
    {
        string? binaries = FindBinaries();
        if (binaries is null)
        {
            MissingReason = "There are no PostgreSQL binaries in /usr/lib/postgresql or on the path (Debian: apt-get install postgresql).";
            return;
        }

        _binaries = binaries;
        _folder = (await RunAsync("mktemp", "-d", "-t", "fuelsessions-postgres-XXXXXX")).Trim();
        await RunAsync(
            Path.Combine(binaries, "initdb"), "-D", Path.Combine(_folder, "data"), "-U", User, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync");
        for (int attempts = 5; ; attempts--)
        {
            _port = FreePort.Next();
            if (await TryStartAsync() is not { } log)
            {
                return;
            }

            // Someone else may have taken the port since it was found free.
            if (attempts == 0)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {log}");
            }
        }
    }

    /// <summary>Makes a database that is empty and nobody else's; skips the test if there is no server.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        // Idle connections to the databases of earlier tests would use up what the server admits.
        NpgsqlConnection.ClearAllPools();
        string name = UnusedDatabaseName();
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>A database that tests share, left-overs included; made when it is first asked for.</summary>
    /// <returns>Its connection string.</returns>
    public Task<string> SharedDatabaseAsync(string name) =>
        _shared.GetOrAdd(name, _ => new Lazy<Task<string>>(CreateDatabaseAsync)).Value;

    /// <summary>The name of a database that isn't there.</summary>
    public string UnusedDatabaseName() => $"test_{Interlocked.Increment(ref _databases)}";

    /// <summary>How to reach a database of this server; skips the test if there is no server.</summary>
    public string ConnectionString(string database) => MissingReason is null
        ? $"Host=127.0.0.1;Port={_port};Username={User};Database={database};Maximum Pool Size=30;Include Error Detail=true"
        : throw ServerMissingException.Because(MissingReason);

    /// <summary>Stops the server, as an outage does: connections break, and no new one is taken.</summary>
    public async Task StopAsync()
    {
        if (_guard is { } guard)
        {
            _guard = null;
            guard.StandardInput.Close();
            await guard.WaitForExitAsync();
            guard.Dispose();
        }
    }

    /// <summary>Starts it again, where it was and with what it held.</summary>
    public async Task StartAsync()
    {
        if (await TryStartAsync() is { } log)
        {
            throw new InvalidOperationException($"PostgreSQL did not start again: {log}");
        }
    }

    /// <summary>SIGSTOP for each of its processes: connections stay, new ones are taken, and nothing answers.</summary>
    public async Task PauseAsync()
    {
        _ = ConnectionString("postgres");
        string server = (await File.ReadAllLinesAsync(Path.Combine(_folder!, "data", "postmaster.pid")))[0];

        // The first of them first: it begins no other one then.
        await RunAsync("kill", "-STOP", server);
        string[] children = (await File.ReadAllTextAsync($"/proc/{server}/task/{server}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _paused = [.. children, server];
        await RunAsync("kill", ["-STOP", .. children]);
    }

    public Task ResumeAsync() => RunAsync("kill", ["-CONT", .. _paused]);

    public async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>The folder of the newest server that Debian's packages brought, or of the one on the path.</summary>
    private static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return versions
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out int number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    /// <summary>Null once the server takes connections; what it said if it ended instead.</summary>
    private async Task<string?> TryStartAsync()
    {
        string postgres = Path.Combine(_binaries!, "postgres");
        Process guard = Start(
            "/bin/sh", "-c", Guarded, "sh", postgres, "-D", Path.Combine(_folder!, "data"), "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={_folder}", "-c", "fsync=off", "-c", "max_connections=200");
        List<string> log = [];
        while (await guard.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                // Its log must be read on, or the server would wait for room in the pipe.
                _ = guard.StandardError.BaseStream.CopyToAsync(Stream.Null);
                _guard = guard;
                return null;
            }

            // Clients that are too early are told FATAL too.
            if (line.Contains("FATAL", StringComparison.Ordinal) && !line.Contains("the database system is starting up", StringComparison.Ordinal))
            {
                guard.StandardInput.Close();
            }
        }

        await guard.WaitForExitAsync();
        return string.Join(Environment.NewLine, log);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {await errors}");
    }

    // PostgreSQL refuses to run as root.
    private static Process Start(string program, params string[] arguments)
    {
        string[] asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"];
        string[] line = [.. Environment.UserName == "root" ? asPostgres : [], program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            Environment = { ["LC_ALL"] = "C", ["TMPDIR"] = "/tmp" },
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}
