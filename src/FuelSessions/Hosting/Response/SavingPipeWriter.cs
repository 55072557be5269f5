using System.Buffers;
using System.IO.Pipelines;

namespace FuelSessions;

/// <summary>
/// A response writer that saves the sessions before its first flush. What is written until then it keeps to itself: the
/// server's writer can't take bytes back, and they would stand before the error page if saving failed.
/// </summary>
internal sealed class SavingPipeWriter(PipeWriter inner, SavingResponseBody body) : PipeWriter
{
    private const int HeldAtFirst = 4096;

    private ArrayBufferWriter<byte>? _held;
    private IBufferWriter<byte> _target = inner;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes + (_held?.WrittenCount ?? 0);

    public override void Advance(int bytes) => _target.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => Target().GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Target().GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask save = body.SaveAsync();
        return save.IsCompletedSuccessfully ? inner.FlushAsync(cancellationToken) : Awaited(save, cancellationToken);

        async ValueTask<FlushResult> Awaited(ValueTask pending, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            return await inner.FlushAsync(token).ConfigureAwait(false);
        }
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ValueTask save = body.SaveAsync();
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
            await body.SaveAsync().ConfigureAwait(false);
        }

        await inner.CompleteAsync(exception).ConfigureAwait(false);
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is null)
        {
            Release();
        }

        inner.Complete(exception);
    }

    /// <summary>Hands over what was kept.</summary>
    internal void Release()
    {
        if (_held is { } held)
        {
            _held = null;
            inner.Write(held.WrittenSpan);
        }
    }

    private IBufferWriter<byte> Target()
    {
        if (body.HoldsBack)
        {
            return _target = _held ??= new ArrayBufferWriter<byte>(HeldAtFirst);
        }

        // Saved without this writer's doing, or there is nothing to save.
        Release();
        return _target = inner;
    }
}
