using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A database server of the tests' own, from the binaries of Debian's package: its data in a temporary folder, on a free
/// port of 127.0.0.1, gone with the tests. A collection fixture; tests that share it share the server.
/// </summary>
/// <param name="product">What it is called.</param>
/// <param name="account">Whose account it runs under where the tests run as root, which it refuses.</param>
/// <param name="stop">The signal that ends it and breaks its connections.</param>
public abstract class DatabaseServer(string product, string account, string stop) : IAsyncLifetime
{
    // Ends the server, by its process id, when the test process closes the pipe or dies.
    private readonly string _guarded = $"\"$@\" & server=$!; read -r _; kill -{stop} \"$server\"; wait \"$server\"";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _shared = new();
    private Process? _guard;
    private string? _folder;
    private int _databases;

    /// <summary>Whether what it acknowledges is on the disk, as an app's own server would have it; no test needs that.</summary>
    public bool Flushes { get; init; }

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? MissingReason { get; private set; }

    protected string Folder => _folder ?? throw new InvalidOperationException($"{product} was not set up.");

    protected string Data => Path.Combine(Folder, "data");

    protected int Port { get; private set; }

    /// <summary>The database that every server has.</summary>
    protected abstract string FirstDatabase { get; }

    /// <summary>The program and its arguments, for <see cref="Data"/> and <see cref="Port"/>.</summary>
    protected abstract string[] Command { get; }

    public async Task InitializeAsync()
    {
        MissingReason = FindPrograms();
        if (MissingReason is not null)
        {
            return;
        }

        _folder = (await RunAsync("mktemp", "-d", "-t", $"fuelsessions-{account}-XXXXXX")).Trim();
        await SetUpAsync();
        for (int attempts = 5; ; attempts--)
        {
            Port = FreePort.Next();
            if (await TryStartAsync() is not { } log)
            {
                return;
            }

            // Someone else may have taken the port since it was found free.
            if (attempts == 0)
            {
                throw new InvalidOperationException($"{product} did not start: {log}");
            }
        }
    }

    /// <summary>Makes a database that is empty and nobody else's; skips the test if there is no server.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        // Idle connections to the databases of earlier tests would use up what the server admits.
        ClearPools();
        string database = UnusedDatabaseName();
        await using DbConnection connection = Connect(ConnectionString(FirstDatabase));
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = Creation(database);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(database);
    }

    /// <summary>A database that tests share, left-overs included; made when it is first asked for.</summary>
    /// <returns>Its connection string.</returns>
    public Task<string> SharedDatabaseAsync(string name) =>
        _shared.GetOrAdd(name, _ => new Lazy<Task<string>>(CreateDatabaseAsync)).Value;

    /// <summary>The name of a database that isn't there.</summary>
    public string UnusedDatabaseName() => $"test_{Interlocked.Increment(ref _databases)}";

    /// <summary>How to reach a database of this server; skips the test if there is no server.</summary>
    public string ConnectionString(string database) => MissingReason is null ? Address(database) : throw ServerMissingException.Because(MissingReason);

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
            throw new InvalidOperationException($"{product} did not start again: {log}");
        }
    }

    /// <summary>SIGSTOP: connections stay, new ones are taken, and nothing answers.</summary>
    public abstract Task PauseAsync();

    public abstract Task ResumeAsync();

    public async Task DisposeAsync()
    {
        ClearPools();
        await StopAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <returns>What is missing, and how to get it; null if all is there.</returns>
    protected abstract string? FindPrograms();

    /// <summary>Makes what the server needs in its folder before it is first started.</summary>
    protected abstract Task SetUpAsync();

    protected abstract bool IsReady(string line);

    /// <summary>Whether a line of its log says that it will not start.</summary>
    protected abstract bool IsFatal(string line);

    protected abstract string Address(string database);

    protected abstract DbConnection Connect(string connectionString);

    protected abstract string Creation(string database);

    protected abstract void ClearPools();

    protected static IEnumerable<string> PathFolders => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    protected async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {output} {await errors}");
    }

    /// <summary>Null once the server takes connections; what it said if it ended instead.</summary>
    private async Task<string?> TryStartAsync()
    {
        Process guard = Start("/bin/sh", ["-c", _guarded, "sh", .. Command]);
        List<string> log = [];
        while (await guard.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (IsReady(line))
            {
                // Its log must be read on, or the server would wait for room in the pipe.
                _ = guard.StandardError.BaseStream.CopyToAsync(Stream.Null);
                _guard = guard;
                return null;
            }

            if (IsFatal(line))
            {
                guard.StandardInput.Close();
            }
        }

        await guard.WaitForExitAsync();
        return string.Join(Environment.NewLine, log);
    }

    private Process Start(string program, params string[] arguments)
    {
        string[] apart = ["setpriv", $"--reuid={account}", $"--regid={account}", "--clear-groups", "--"];
        string[] line = [.. Environment.UserName == "root" ? apart : [], program, .. arguments];
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
