using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>
/// An app on Kestrel, and one connection to it that is a pipe in this process: who writes a request runs the app, on the same thread, and finds the
/// answer. Neither sockets nor threads take part, whose noise would hide what a session costs.
/// </summary>
internal sealed class InMemoryServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Served _served;
    private readonly IDuplexPipe _connection;

    private InMemoryServer(WebApplication app, Served served, IDuplexPipe connection) => (_app, _served, _connection) = (app, served, connection);

    internal static async Task<InMemoryServer> StartAsync(IVariant variant)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var transport = new Transport();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        await variant.AddServicesAsync(builder.Services);

        WebApplication app = builder.Build();
        await variant.UseAsync(app);
        var served = new Served(keepsTimeline: false);
        app.MapScenarios(variant, served);
        await app.StartAsync();
        return new InMemoryServer(app, served, transport.Connect());
    }

    internal static byte[] Request(string path, string? cookie) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {Wrk.UserAgent}\r\n"
        + (cookie is null ? "\r\n" : $"Cookie: {cookie}\r\n\r\n"));

    /// <summary>A new session with a counter.</summary>
    internal async Task<string> BeginAsync()
    {
        string answer = Encoding.ASCII.GetString(await AskAsync(Request("/seed", cookie: null), static answer => answer.ToArray()));
        const string Header = "Set-Cookie: ";
        int start = answer.IndexOf(Header, StringComparison.Ordinal) + Header.Length;
        return answer[start..answer.IndexOf(';', start)];
    }

    /// <returns>How long the answer is.</returns>
    internal ValueTask<long> AskAsync(byte[] request) => AskAsync(request, static answer => answer.Length);

    public async ValueTask DisposeAsync()
    {
        await _connection.Output.CompleteAsync();
        await _app.DisposeAsync();
        _served.Dispose();
    }

    private async ValueTask<T> AskAsync<T>(byte[] request, Func<ReadOnlySequence<byte>, T> read)
    {
        await _connection.Output.WriteAsync(request);
        while (true)
        {
            ReadResult result = await _connection.Input.ReadAsync();
            if (IsWhole(result.Buffer))
            {
                T answer = read(result.Buffer);
                _connection.Input.AdvanceTo(result.Buffer.End);
                return answer;
            }

            _connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    // The scenarios tell no length, and so answer in chunks, of which the last one is empty.
    private static bool IsWhole(ReadOnlySequence<byte> answer) =>
        (answer.IsSingleSegment ? answer.FirstSpan : answer.ToArray()).EndsWith("\r\n0\r\n\r\n"u8);

    private sealed class Transport : IConnectionListenerFactory, IConnectionListener
    {
        private readonly Channel<ConnectionContext> _waiting = System.Threading.Channels.Channel.CreateUnbounded<ConnectionContext>();

        public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            EndPoint = endpoint;
            return new(this);
        }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _waiting.Reader.WaitToReadAsync(cancellationToken) && _waiting.Reader.TryRead(out ConnectionContext? connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _waiting.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => default;

        internal IDuplexPipe Connect()
        {
            var inline = new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);
            (var requests, var answers) = (new Pipe(inline), new Pipe(inline));
            var server = new Ends(requests.Reader, answers.Writer);
            var client = new Ends(answers.Reader, requests.Writer);
            _waiting.Writer.TryWrite(new DefaultConnectionContext("1", server, client)
            {
                LocalEndPoint = EndPoint,
                RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1),
            });
            return client;
        }

        private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
