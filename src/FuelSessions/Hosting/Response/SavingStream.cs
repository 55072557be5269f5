namespace FuelSessions;

/// <summary>A response stream that saves the sessions before its first byte.</summary>
internal sealed class SavingStream(Stream inner, SavingResponseBody body) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask save = body.SaveAsync();
        return save.IsCompletedSuccessfully ? inner.WriteAsync(buffer, cancellationToken) : Awaited(save, buffer, cancellationToken);

        async ValueTask Awaited(ValueTask pending, ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            await inner.WriteAsync(bytes, token).ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await body.SaveAsync().ConfigureAwait(false);
        await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Save();
        inner.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Save();
        inner.Write(buffer);
    }

    public override void Flush()
    {
        Save();
        inner.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    // Whoever writes on the calling thread waits on it.
    private void Save()
    {
        ValueTask save = body.SaveAsync();
        if (!save.IsCompletedSuccessfully)
        {
            save.AsTask().GetAwaiter().GetResult();
        }
    }
}
