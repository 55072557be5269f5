using System.Diagnostics;
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

    /// <summary>Whether it is Microsoft's Garnet instead, with scripts in Lua that are atomic.</summary>
    public bool IsGarnet { get; init; }

    /// <summary>Whether it is a node of a cluster, with <see cref="BusPort"/>.</summary>
    public bool IsClusterNode { get; init; }

    /// <summary>For a Sentinel: what is in its configuration file beside port and folder.</summary>
    public string? Sentinel { get; init; }

    /// <summary>What proves who it is; if set it has a <see cref="TlsPort"/> as well.</summary>
    public TestCertificate? Certificate { get; init; }

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? MissingReason { get; private set; }

    /// <summary>The port; skips the test if there is no server.</summary>
    public int Port => MissingReason is null ? _port : throw ServerMissingException.Because(MissingReason);

    /// <summary>Where the nodes of a cluster reach it.</summary>
    public int BusPort { get; private set; }

    /// <summary>Where it speaks TLS only; skips the test if there is no server.</summary>
    public int TlsPort
    {
        get => MissingReason is null ? field : throw ServerMissingException.Because(MissingReason);
        private set;
    }

    /// <summary>How StackExchange.Redis reaches it; skips the test if there is no server.</summary>
    public string Configuration => $"127.0.0.1:{Port}";

    public async Task InitializeAsync()
    {
        string name = IsGarnet ? "garnet-server" : "redis-server";
        _binary = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools"))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        if (_binary is null)
        {
            MissingReason = $"There is no {name} on the path ({(IsGarnet ? "dotnet tool install garnet-server --global" : "Debian: apt-get install redis-server")}).";
            return;
        }

        _folder = Directory.CreateTempSubdirectory("fuelsessions-redis-").FullName;
        Certificate?.Save(_folder);
        for (int attempts = 5; ; attempts--)
        {
            (_port, BusPort, TlsPort) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
            if (await TryStartAsync() is not { } log)
            {
                return;
            }

            // Someone else may have taken a port since it was found free.
            if (attempts == 0)
            {
                throw new InvalidOperationException($"{name} did not start: {log}");
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

    /// <summary>Null once the server answers; what it said if it ended instead.</summary>
    private async Task<string?> TryStartAsync()
    {
        string log = Path.Combine(_folder!, "log");
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guarded, "sh", _binary!, .. Arguments(log)])
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

    private string[] Arguments(string log)
    {
        if (IsGarnet)
        {
            return
            [
                "--port", $"{_port}", "--bind", "127.0.0.1", "--file-logger", log, "--checkpointdir", _folder!, "--memory", "64m", "--index", "16m",
                "--lua", "--lua-transaction-mode", .. Settings,
            ];
        }

        string[] place = ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder!, "--logfile", log, "--daemonize", "no"];
        if (Sentinel is not null)
        {
            // It writes down there what it finds out.
            string file = Path.Combine(_folder!, "sentinel.conf");
            File.WriteAllText(file, Sentinel);
            return [file, "--sentinel", .. place];
        }

        string[] cluster = IsClusterNode ? ["--cluster-enabled", "yes", "--cluster-port", $"{BusPort}"] : [];
        string[] tls = Certificate is null ? [] : ["--tls-port", $"{TlsPort}", "--tls-auth-clients", "no", .. TestCertificate.Settings(_folder!)];
        return [.. place, "--save", "", .. cluster, .. tls, .. Settings];
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            // Its own process, which Garnet does not tell: another server may have the port, and one that is no Redis may never answer.
            Task<object?> info = SendAsync("INFO", "server");
            string? told = (await info.WaitAsync(TimeSpan.FromSeconds(5)))?.ToString();
            return told?.Contains(IsGarnet ? "garnet_version:" : $"process_id:{_processId}", StringComparison.Ordinal) == true && IsRunning();
        }
        catch (InvalidOperationException error)
        {
            // It answers, but whoever comes without a password is told nothing.
            return error.Message.StartsWith("NOAUTH", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is SocketException or IOException or TimeoutException)
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
