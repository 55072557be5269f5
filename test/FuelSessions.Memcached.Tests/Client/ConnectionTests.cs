using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using FuelSessions.Memcached.Client;
using FuelSessions.Memcached.Servers;
using FuelSessions.Records;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuelSessions.Memcached.Tests.Client;

/// <summary>Callers that share a connection, against a server that answers in any way a test likes.</summary>
public sealed class ConnectionTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly AsyncLocal<object?> Flowing = new();

    [Fact]
    public async Task Answers_that_arrive_byte_by_byte_reach_their_callers()
    {
        await using var server = new ScriptedServer(async (line, server) =>
        {
            // The key as the value, so that each caller can tell its own.
            string key = line.Split(' ')[1];
            foreach (char character in $"VA {key.Length} t100 c1 {ScriptedServer.Opaque(line)}\r\n{key}\r\n")
            {
                await server.SendAsync(character.ToString());
            }
        });
        using ServerPool pool = Pool(server);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AssertOwnAnswerAsync(pool)));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Answers_that_arrive_all_at_once_reach_their_callers()
    {
        var held = new StringBuilder();
        int count = 0;
        await using var server = new ScriptedServer(async (line, server) =>
        {
            string key = line.Split(' ')[1];
            held.Append($"VA {key.Length} t100 c1 {ScriptedServer.Opaque(line)}\r\n{key}\r\n");
            if (++count == 50)
            {
                await server.SendAsync(held.ToString());
            }
        });
        using ServerPool pool = Pool(server);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AssertOwnAnswerAsync(pool)));
    }

    public static TheoryData<string> NoAnswers =>
    [
        "VA 2 t100 c1 O999999\r\nhi\r\n",                    // another command's
        "VA 2 t100 c1\r\nhi\r\n",                            // nobody's
        "HD O{0}\r\n",                                        // to another kind of command
        "VA 2 t100 c1 {0}\r\nhi, and more\r\n",
        "VA 1048577 t100 c1 {0}\r\n",
        "VA 99999999999 t100 c1 {0}\r\n",
        "ERROR\r\n",
        "CLIENT_ERROR bad data chunk\r\n",
        "\0\0\0\0\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(NoAnswers))]
    public async Task What_is_no_answer_to_the_command_fails_all_in_flight_and_the_next_connection_works(string bad)
    {
        int commands = 0;
        await using var server = new ScriptedServer(async (line, server) =>
        {
            if (server.Connections > 1)
            {
                string key = line.Split(' ')[1];
                await server.SendAsync($"VA {key.Length} t100 c1 {ScriptedServer.Opaque(line)}\r\n{key}\r\n");
            }
            else if (++commands == 5)
            {
                await server.SendAsync(bad.Replace("{0}", "O2", StringComparison.Ordinal));
            }
        });
        using ServerPool pool = Pool(server);
        Task[] callers = [.. Enumerable.Range(0, 5).Select(_ => AssertOwnAnswerAsync(pool))];
        foreach (Task caller in callers)
        {
            await Assert.ThrowsAsync<MemcachedException>(() => caller);
        }

        await AssertOwnAnswerAsync(pool);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Hostile_bytes_never_leave_a_caller_waiting()
    {
        var random = new Random(20261122);
        await using var server = new ScriptedServer(async (_, server) =>
        {
            byte[] bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            await server.SendAsync(Encoding.Latin1.GetString(bytes));
            server.HangUp();
        });
        using ServerPool pool = Pool(server);
        for (int round = 0; round < 100; round++)
        {
            await Assert.ThrowsAsync<MemcachedException>(() => ReadAsync(pool));
        }
    }

    [Fact]
    public async Task An_answer_that_is_cut_short_fails_its_caller()
    {
        await using var server = new ScriptedServer(async (line, server) =>
        {
            await server.SendAsync($"VA 100 t100 c1 {ScriptedServer.Opaque(line)}\r\nhalf");
            server.HangUp();
        });
        using ServerPool pool = Pool(server);
        await Assert.ThrowsAsync<MemcachedException>(() => ReadAsync(pool));
    }

    [Fact]
    public async Task A_server_that_stays_silent_fails_its_callers()
    {
        await using var server = new ScriptedServer((_, _) => Task.CompletedTask);
        using ServerPool pool = Pool(server, options => options.ResponseTimeout = TimeSpan.FromMilliseconds(100));
        MemcachedException error = await Assert.ThrowsAsync<MemcachedException>(() => ReadAsync(pool));
        Assert.Contains("ResponseTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_error_fails_one_command_and_not_the_connection()
    {
        int commands = 0;
        await using var server = new ScriptedServer(async (line, server) =>
        {
            string key = line.Split(' ')[1];
            await server.SendAsync(++commands == 1
                ? "SERVER_ERROR out of memory\r\n"
                : $"VA {key.Length} t100 c1 {ScriptedServer.Opaque(line)}\r\n{key}\r\n");
        });
        using ServerPool pool = Pool(server);
        MemcachedException error = await Assert.ThrowsAsync<MemcachedException>(() => ReadAsync(pool));
        Assert.Contains("out of memory", error.Message, StringComparison.Ordinal);
        await AssertOwnAnswerAsync(pool);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task The_answer_to_a_cancelled_caller_is_read_and_dropped()
    {
        var held = new ConcurrentQueue<string>();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer(async (line, server) =>
        {
            string key = line.Split(' ')[1];
            held.Enqueue($"VA {key.Length} t100 c1 {ScriptedServer.Opaque(line)}\r\n{key}\r\n");
            if (held.Count == 10)
            {
                arrived.TrySetResult();
            }

            // The eleventh comes after the cancellation.
            if (held.Count > 10)
            {
                await server.SendAsync(string.Concat(held));
                held.Clear();
            }
        });
        using ServerPool pool = Pool(server);
        using var cancellation = new CancellationTokenSource();
        Task[] cancelled = [.. Enumerable.Range(0, 10).Select(_ => ReadAsync(pool, cancellation.Token))];
        await arrived.Task;
        await cancellation.CancelAsync();
        foreach (Task caller in cancelled)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }

        await AssertOwnAnswerAsync(pool);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Callers_beyond_the_most_in_flight_wait_for_room_and_can_be_cancelled()
    {
        int arrived = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer((_, _) =>
        {
            if (Interlocked.Increment(ref arrived) == MemcachedConnection.MostInFlight)
            {
                full.SetResult();
            }

            return Task.CompletedTask;
        });
        using ServerPool pool = Pool(server, options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        Task[] callers = [.. Enumerable.Range(0, MemcachedConnection.MostInFlight).Select(_ => ReadAsync(pool))];
        await full.Task;
        using var cancellation = new CancellationTokenSource();
        Task next = ReadAsync(pool, cancellation.Token);
        Assert.False(next.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.Equal(MemcachedConnection.MostInFlight, arrived);

        pool.Dispose();
        foreach (Task caller in callers)
        {
            await Assert.ThrowsAsync<MemcachedException>(() => caller);
        }
    }

    [Fact]
    public async Task A_connection_holds_nothing_of_the_request_that_came_first()
    {
        await using var server = new ScriptedServer((line, server) => server.SendAsync("EN\r\n"));
        using ServerPool pool = Pool(server);
        WeakReference flowing = await Task.Run(() => FirstAsync(pool));
        for (int time = 0; flowing.IsAlive; time++)
        {
            Assert.True(time < 500, "The connection holds what flowed with the first request.");
            await Task.Delay(10);
            GC.Collect();
        }

        await ReadAsync(pool);
        Assert.Equal(1, server.Connections);
    }

    private static async Task<WeakReference> FirstAsync(ServerPool pool)
    {
        Flowing.Value = new object();
        await ReadAsync(pool);
        return new WeakReference(Flowing.Value);
    }

    [Fact]
    public async Task A_server_that_refuses_connections_is_out_for_a_while()
    {
        string address = $"127.0.0.1:{FreePort.Next()}";
        var options = new MemcachedDriverOptions { DeadServerTimeout = TimeSpan.FromMinutes(1) };
        options.Servers.Add(MemcachedServer.Parse(address));
        using var pool = new ServerPool(options, TimeProvider.System, NullLogger.Instance);
        MemcachedException first = await Assert.ThrowsAsync<MemcachedException>(() => ReadAsync(pool));
        Assert.IsType<SocketException>(first.InnerException);
        Assert.Contains(address, first.Message, StringComparison.Ordinal);

        // Until it is tried again, and again refused, the answer is that it is out.
        MemcachedException error = await Assert.ThrowsAsync<MemcachedException>(() => ReadAsync(pool));
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    private static ServerPool Pool(ScriptedServer server, Action<MemcachedDriverOptions>? configure = null)
    {
        var options = new MemcachedDriverOptions { DeadServerTimeout = TimeSpan.FromMilliseconds(10), ConnectTimeout = TimeSpan.FromSeconds(10) };
        options.Servers.Add(MemcachedServer.Parse(server.Address));
        configure?.Invoke(options);
        return new ServerPool(options, TimeProvider.System, NullLogger.Instance);
    }

    private static async Task AssertOwnAnswerAsync(ServerPool pool)
    {
        SessionKey key = SessionKey.Create();
        Reply reply = await pool.SendAsync(MetaCommand.Read(pool.KeyOf(key)), None);
        Assert.Equal($"fuel:session:{key.ToHex()}", Encoding.ASCII.GetString(reply.Value!));
    }

    private static async Task ReadAsync(ServerPool pool, CancellationToken cancellationToken = default) =>
        await pool.SendAsync(MetaCommand.Read(pool.KeyOf(SessionKey.Create())), cancellationToken);
}
