using System.IO.Pipelines;

namespace FuelSessions;

/// <summary>A response writer that saves the sessions before its first flush.</summary>
internal sealed class SavingPipeWriter(PipeWriter inner, RequestSessions sessions) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask save = sessions.SaveBeforeHeadersAsync();
        return save.IsCompletedSuccessfully ? inner.FlushAsync(cancellationToken) : Awaited(save, cancellationToken);

        async ValueTask<FlushResult> Awaited(ValueTask pending, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            return await inner.FlushAsync(token).ConfigureAwait(false);
        }
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ValueTask save = sessions.SaveBeforeHeadersAsync();
        return save.IsCompletedSuccessfully ? inner.WriteAsync(source, cancellationToken) : Awaited(save, source, cancellationToken);

        async ValueTask<FlushResult> Awaited(ValueTask pending, ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            return await inner.WriteAsync(bytes, token).ConfigureAwait(false);
        }
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null)
        {
            await sessions.SaveBeforeHeadersAsync().ConfigureAwait(false);
        }

        await inner.CompleteAsync(exception).ConfigureAwait(false);
    }

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
