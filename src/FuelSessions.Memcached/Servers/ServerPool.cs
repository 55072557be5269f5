using System.Runtime.CompilerServices;
using System.Text;
using FuelSessions.Memcached.Client;
using FuelSessions.Memcached.Items;
using FuelSessions.Records;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Memcached.Servers;

/// <summary>All servers: sends each command to the one that holds its item.</summary>
internal sealed class ServerPool : IDisposable
{
    private readonly byte[] _prefix;
    private readonly ServerLink[] _links;
    private readonly KetamaRing _ring;
    private readonly bool _rehash;
    private readonly Func<int, bool> _isOut;

    internal ServerPool(MemcachedDriverOptions options, TimeProvider clock, ILogger logger)
    {
        MemcachedServer[] servers = options.Servers.Count == 0 ? [new MemcachedServer("127.0.0.1")] : [.. options.Servers];
        _prefix = Encoding.ASCII.GetBytes(options.KeyPrefix);
        _rehash = options.RehashOnFailure;
        _isOut = number => _links![number].IsOut;
        _ring = new KetamaRing(servers);
        _links = [.. servers.Select(server => new ServerLink(server, options, new ItemKey(_prefix), clock, logger))];
    }

    internal ItemKey KeyOf(SessionKey session) => new(_prefix, session);

    /// <summary>Sends a command to the server that holds its item.</summary>
    /// <exception cref="ItemTooLargeException">That server takes no such item. It was not asked.</exception>
    /// <exception cref="MemcachedException">That server, or all of them, can't be reached or did not do it.</exception>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    internal async ValueTask<Reply> SendAsync(MetaCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        uint hash = command.Key.Hash();
        while (true)
        {
            MemcachedConnection connection = await ConnectAsync(hash, cancellationToken).ConfigureAwait(false);
            if (command.Connection != 0 && command.Connection != connection.Id)
            {
                return new Reply(ReplyStatus.OtherConnection);
            }

            if (command.ItemSize > connection.LargestItem)
            {
                throw new ItemTooLargeException(command.ItemSize, connection.LargestItem);
            }

            Reply reply = await connection.SendAsync(command, cancellationToken).ConfigureAwait(false);
            if (reply.Status != ReplyStatus.NotSent)
            {
                return reply;
            }
        }
    }

    public void Dispose()
    {
        foreach (ServerLink link in _links)
        {
            link.Dispose();
        }
    }

    private ValueTask<MemcachedConnection> ConnectAsync(uint hash, CancellationToken cancellationToken) =>
        _rehash ? ConnectToAnyAsync(hash, cancellationToken) : _links[_ring.Find(hash)].ConnectAsync(hash, cancellationToken);

    private async ValueTask<MemcachedConnection> ConnectToAnyAsync(uint hash, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            ServerLink link = _links[_ring.Find(hash, _isOut)];
            try
            {
                return await link.ConnectAsync(hash, cancellationToken).ConfigureAwait(false);
            }
            catch (MemcachedException) when (attempt < _links.Length)
            {
                // That one is out now, so the next turn finds another one.
            }
        }
    }
}
