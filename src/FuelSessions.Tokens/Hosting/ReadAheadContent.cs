using System.Net;

namespace FuelSessions.Tokens.Hosting;

/// <summary>A body of which the start has been read already.</summary>
internal sealed class ReadAheadContent : HttpContent
{
    private readonly HttpContent _origin;
    private readonly byte[] _start;
    private readonly Stream _rest;

    internal ReadAheadContent(HttpContent origin, byte[] start, Stream rest)
    {
        (_origin, _start, _rest) = (origin, start, rest);
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in origin.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        stream.Write(_start);
        _rest.CopyTo(stream);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_start, cancellationToken).ConfigureAwait(false);
        await _rest.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _start.Length;
        return _rest == Stream.Null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _origin.Dispose();
        }

        base.Dispose(disposing);
    }
}
