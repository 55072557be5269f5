using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// A memcached of the tests' own, from Debian's package, on a free port of 127.0.0.1, gone with the tests. A collection
/// fixture, or started by a test that wants to kill it.
/// </summary>
public sealed class MemcachedProcess : IAsyncLifetime
{
    // Tells the server's process id, and ends the server when the test process closes the pipe or dies.
    private const string Guarded = "\"$@\" & server=$!; echo $server; read -r _; kill -INT \"$server\" 2>/dev/null; wait \"$server\"";

    private readonly string[] _arguments;
    private Process? _guard;
    private int _process;
    private int _port;

    public MemcachedProcess()
        : this([])
    {
    }

    internal MemcachedProcess(params string[] arguments) => _arguments = arguments;

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? MissingReason { get; private set; }

    /// <summary>Its port; skips the test if there is no server.</summary>
    public int Port => MissingReason is null ? _port : throw ServerMissingException.Because(MissingReason);

    /// <summary><c>host:port</c>.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts one; skips the test if it can't.</summary>
    public static async Task<MemcachedProcess> StartAsync(params string[] arguments)
    {
        var server = new MemcachedProcess(arguments);
        await server.InitializeAsync();
        return server.MissingReason is null ? server : throw ServerMissingException.Because(server.MissingReason);
    }

    public async Task InitializeAsync()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "memcached"))))
        {
            MissingReason = "There is no memcached on the path (Debian: apt-get install memcached).";
            return;
        }

        for (int attempts = 5; !await TryStartAsync(FreePort.Next()); attempts--)
        {
            // Someone else may have taken the port since it was found free.
            Assert.True(attempts > 0, "memcached did not start.");
        }
    }

    /// <summary>Ends it at once, as a crash or the power would.</summary>
    public Task KillAsync() => SignalAsync("KILL");

    /// <summary>Makes it stand still (<c>STOP</c>) or go on (<c>CONT</c>).</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("/bin/kill", ["-s", signal, $"{_process}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
        if (signal == "KILL")
        {
            await EndAsync();
        }
    }

    /// <summary>Starts it again, on the same port.</summary>
    public async Task RestartAsync()
    {
        for (int attempts = 50; !await TryStartAsync(_port); attempts--)
        {
            Assert.True(attempts > 0, "memcached did not start again.");
            await Task.Delay(100);
        }
    }

    /// <summary>Sends a line of the text protocol, and reads lines up to one that begins with <paramref name="last"/>.</summary>
    public async Task<string[]> AskAsync(string line, string last)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        List<string> lines = [];
        do
        {
            lines.Add(await reader.ReadLineAsync() ?? throw new IOException("memcached closed the connection."));
        }
        while (!lines[^1].StartsWith(last, StringComparison.Ordinal));
        return [.. lines];
    }

    /// <summary>How many commands it has done for items, by its own count.</summary>
    public async Task<(long Gets, long Sets, long Touches, long Deletes)> CommandsAsync()
    {
        Dictionary<string, long> counts = (await AskAsync("stats", "END"))
            .Select(line => line.Split(' '))
            .Where(words => words.Length == 3 && long.TryParse(words[2], CultureInfo.InvariantCulture, out _))
            .ToDictionary(words => words[1], words => long.Parse(words[2], CultureInfo.InvariantCulture));
        return (counts["cmd_get"], counts["cmd_set"], counts["cmd_touch"], counts["delete_hits"] + counts["delete_misses"]);
    }

    public Task DisposeAsync() => EndAsync();

    private async Task EndAsync()
    {
        if (_guard is not null)
        {
            _guard.StandardInput.Close();
            await _guard.WaitForExitAsync();
            _guard.Dispose();
            _guard = null;
        }
    }

    private async Task<bool> TryStartAsync(int port)
    {
        // As root it would refuse to run without a user to become.
        string[] user = Environment.UserName == "root" ? ["-u", "nobody"] : [];
        string[] line = ["-c", Guarded, "sh", "memcached", "-l", "127.0.0.1", "-p", $"{port}", "-U", "0", .. user, .. _arguments];
        _guard = Process.Start(new ProcessStartInfo("/bin/sh", line) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _process = int.Parse((await _guard.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        _port = port;
        for (int waits = 100; waits > 0 && IsRunning(_process); waits--)
        {
            try
            {
                // It tells nothing to whoever comes without a password, or in words.
                if (_arguments.Any(argument => argument is "-Y" or "-B"))
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }

                // Whoever else listens there has another process id.
                if ((await AskAsync("stats", "END")).Contains($"STAT pid {_process}"))
                {
                    return true;
                }
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        await EndAsync();
        return false;
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
