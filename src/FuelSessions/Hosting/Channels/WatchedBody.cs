using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// A request's body that tells whether its reading has begun: an endpoint that streams it must not find that a form was read out of the rest [C4].
/// </summary>
internal sealed class WatchedBody(Stream inner) : ForwardingStream(inner)
{
    internal bool HasBegun { get; private set; }

    internal static WatchedBody Watch(HttpRequest request)
    {
        var watched = new WatchedBody(request.Body);
        request.Body = watched;
        return watched;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        HasBegun = true;
        return Inner.Read(buffer, offset, count);
    }

    public override int Read(Span<byte> buffer)
    {
        HasBegun = true;
        return Inner.Read(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        HasBegun = true;
        return Inner.ReadAsync(buffer, offset, count, cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        HasBegun = true;
        return Inner.ReadAsync(buffer, cancellationToken);
    }
}
