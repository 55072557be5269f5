using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// A request's body that tells whether its reading has begun: an endpoint that streams it must not find that a form was read out of the rest [C4].
/// </summary>
internal sealed class WatchedBody(Stream inner) : Stream
{
    internal bool HasBegun { get; private set; }

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    internal static WatchedBody Watch(HttpRequest request)
    {
        var watched = new WatchedBody(request.Body);
        request.Body = watched;
        return watched;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        HasBegun = true;
        return inner.Read(buffer, offset, count);
    }

    public override int Read(Span<byte> buffer)
    {
        HasBegun = true;
        return inner.Read(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        HasBegun = true;
        return inner.ReadAsync(buffer, offset, count, cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        HasBegun = true;
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
}
