namespace FuelSessions;

/// <summary>A response stream that saves the sessions before its first byte.</summary>
internal sealed class SavingStream(Stream inner, SavingResponseBody body) : ForwardingStream(inner)
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask save = body.SaveAsync();
        return save.IsCompletedSuccessfully ? Inner.WriteAsync(buffer, cancellationToken) : Awaited(save, buffer, cancellationToken);

        async ValueTask Awaited(ValueTask pending, ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            await Inner.WriteAsync(bytes, token).ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await body.SaveAsync().ConfigureAwait(false);
        await Inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Save();
        Inner.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Save();
        Inner.Write(buffer);
    }

    public override void Flush()
    {
        Save();
        Inner.Flush();
    }

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
