using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A Redis server of the tests' own, from the binary of Debian's package: its data in a temporary folder, on a free port of
/// 127.0.0.1, gone with the tests. A collection fixture; also what a test starts that kills it.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    // Ends the server, by its process id, when the test process closes the pipe or dies.
    private const string Guarded = "\"$@\" & server=$!; echo \"$server\"; exec 2>/dev/null; read -r _; kill -KILL \"$server\"; wait \"$server\"";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private Process? _guard;
    private string? _folder;
    private string? _binary;
    private int _port;
    private int _processId;

    /// <summary>Settings as on the command line: <c>--appendonly</c>, <c>yes</c>. By default nothing is written to disk.</summary>
    public string[] Settings { get; init; } = [];

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? MissingReason { get; private set; }

    /// <summary>The port; skips the test if there is no server.</summary>
    public int Port => MissingReason is null ? _port : throw ServerMissingException.Because(MissingReason);

    /// <summary>How StackExchange.Redis reaches it; skips the test if there is no server.</summary>
    public string Configuration => $"127.0.0.1:{Port}";

    public async Task InitializeAsync()
    {
        _binary = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server"))
            .FirstOrDefault(File.Exists);
        if (_binary is null)
        {
            MissingReason = "There is no redis-server on the path (Debian: apt-get install redis-server).";
            return;
        }

        _folder = Directory.CreateTempSubdirectory("fuelsessions-redis-").FullName;
        for (int attempts = 5; ; attempts--)
        {
            _port = FreePort();
            if (await TryStartAsync() is not { } log)
            {
                return;
            }

            // Someone else may have taken the port since it was found free.
            if (attempts == 0)
            {
                throw new InvalidOperationException($"redis-server did not start: {log}");
            }
        }
    }

    /// <summary>Starts it again, on the same port, with the data that are on disk.</summary>
    public async Task StartAsync()
    {
        _ = Port;
        if (await TryStartAsync() is { } log)
        {
            throw new InvalidOperationException($"redis-server did not start again: {log}");
        }
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _ = Port;
        if (_guard is null)
        {
            return;
        }

        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync().WaitAsync(Longest);
        _guard.Dispose();
        _guard = null;
    }

    /// <summary>SIGSTOP: the connections stay, and nothing answers.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    public Task ResumeAsync() => SignalAsync("-CONT");

    /// <summary>Sends one command over a connection of its own.</summary>
    public async Task<object?> SendAsync(params string[] command)
    {
        await using RedisWire wire = await RedisWire.OpenAsync(Port);
        return await wire.SendAsync(command);
    }

    public async Task DisposeAsync()
    {
        if (MissingReason is null)
        {
            await KillAsync();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Null once the server answers; what it said if it ended instead.</summary>
    private async Task<string?> TryStartAsync()
    {
        string log = Path.Combine(_folder!, "log");
        string[] settings =
        [
            "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder!, "--logfile", log, "--save", "", "--daemonize", "no", .. Settings,
        ];
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guarded, "sh", _binary!, .. settings])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        _guard = Process.Start(start)!;
        _processId = int.Parse((await _guard.StandardOutput.ReadLineAsync())!);
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (!IsRunning() || waited.Elapsed > Longest)
            {
                await KillAsync();
                return File.Exists(log) ? await File.ReadAllTextAsync(log) : "no log";
            }

            await Task.Delay(10);
        }

        return null;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            // Its own process: another server may have the port.
            return (await SendAsync("INFO", "server"))?.ToString()?.Contains($"process_id:{_processId}", StringComparison.Ordinal) == true;
        }
        catch (Exception error) when (error is SocketException or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool IsRunning()
    {
        // A process that ended stays listed until the shell waits for it.
        string state = $"/proc/{_processId}/stat";
        return File.Exists(state) && !File.ReadAllText(state).Contains(") Z ", StringComparison.Ordinal);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_processId}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
