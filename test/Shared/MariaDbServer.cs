using System.Collections.Concurrent;
using System.Diagnostics;
using MySql.Data.MySqlClient;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A MariaDB server of the tests' own, from the binaries of Debian's package: its data in a temporary folder, on a free
/// port of 127.0.0.1, gone with the tests. A collection fixture; tests that share it share the server.
/// </summary>
public sealed class MariaDbServer : IAsyncLifetime
{
    // Ends the server, by its process id, when the test process closes the pipe or dies.
    private const string Guarded = "\"$@\" & server=$!; read -r _; kill -TERM \"$server\"; wait \"$server\"";

    // Made with the server, without a password.
    private const string User = "root";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _shared = new();
    private Process? _guard;
    private string? _folder;
    private string? _server;
    private int _port;
    private int _databases;

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? MissingReason { get; private set; }

    public async Task InitializeAsync()
    {
        _server = Find("mariadbd");
        if (_server is null || Find("mariadb-install-db") is not { } install)
        {
            MissingReason = "There is no mariadbd on the path (Debian: apt-get install mariadb-server).";
            return;
        }

        _folder = (await RunAsync("mktemp", "-d", "-t", "fuelsessions-mariadb-XXXXXX")).Trim();
        await RunAsync(install, "--no-defaults", $"--datadir={Data}", "--auth-root-authentication-method=normal", "--skip-test-db");
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
                throw new InvalidOperationException($"MariaDB did not start: {log}");
            }
        }
    }

    /// <summary>Makes a database that is empty and nobody else's; skips the test if there is no server.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        // Idle connections to the databases of earlier tests would use up what the server admits.
        MySqlConnection.ClearAllPools();
        string name = UnusedDatabaseName();
        await using var connection = new MySqlConnection(ConnectionString("mysql"));
        await connection.OpenAsync();
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name} CHARACTER SET utf8mb4";
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
        ? $"Server=127.0.0.1;Port={_port};User ID={User};Database={database};SslMode=Disabled;Maximum Pool Size=30"
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
            throw new InvalidOperationException($"MariaDB did not start again: {log}");
        }
    }

    /// <summary>SIGSTOP: connections stay, new ones are taken, and nothing answers.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    public Task ResumeAsync() => SignalAsync("-CONT");

    public async Task DisposeAsync()
    {
        MySqlConnection.ClearAllPools();
        await StopAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task SignalAsync(string signal)
    {
        _ = ConnectionString("mysql");
        await RunAsync("kill", signal, (await File.ReadAllTextAsync(Path.Combine(_folder!, "pid"))).Trim());
    }

    private string Data => Path.Combine(_folder!, "data");

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Null once the server takes connections; what it said if it ended instead.</summary>
    private async Task<string?> TryStartAsync()
    {
        Process guard = Start(
            "/bin/sh", "-c", Guarded, "sh", _server!, "--no-defaults", $"--datadir={Data}", $"--port={_port}", "--bind-address=127.0.0.1",
            $"--socket={_folder}/socket", $"--pid-file={_folder}/pid", "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M", "--max-connections=200", "--character-set-server=utf8mb4", "--skip-name-resolve");
        List<string> log = [];
        while (await guard.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (line.Contains("ready for connections", StringComparison.Ordinal))
            {
                // Its log must be read on, or the server would wait for room in the pipe.
                _ = guard.StandardError.BaseStream.CopyToAsync(Stream.Null);
                _guard = guard;
                return null;
            }

            if (line.Contains("[ERROR] Aborting", StringComparison.Ordinal))
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
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {output} {await errors}");
    }

    // MariaDB refuses to run as root.
    private static Process Start(string program, params string[] arguments)
    {
        string[] asMySql = ["setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups", "--"];
        string[] line = [.. Environment.UserName == "root" ? asMySql : [], program, .. arguments];
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
