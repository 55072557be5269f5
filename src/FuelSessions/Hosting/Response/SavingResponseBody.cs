using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>
/// The response's body, which lets nothing out before the sessions are saved. Unlike a callback of
/// <c>Response.OnStarting</c> it lets an error reach the code that writes, and so the app's exception handler, while no
/// header has been sent yet [F2]. It is its own writer: nearly every response uses that, once.
/// </summary>
/// <remarks>
/// What is written before the first flush the writer keeps to itself: the server's one can't take bytes back, and they would stand before the
/// error page if saving failed.
/// </remarks>
internal sealed class SavingResponseBody(IHttpResponseBodyFeature inner, RequestSessions sessions) : PipeWriter, IHttpResponseBodyFeature
{
    private const int HeldAtFirst = 4096;

    private SavingStream? _stream;
    private ArrayBufferWriter<byte>? _held;

    /// <summary>The body behind this one.</summary>
    internal IHttpResponseBodyFeature Inner => inner;

    public Stream Stream => _stream ??= new SavingStream(inner.Stream, this);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => inner.Writer.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.Writer.UnflushedBytes + (_held?.WrittenCount ?? 0);

    // What was asked for memory last is told how much of it was used.
    private IBufferWriter<byte> Target => _held ?? (IBufferWriter<byte>)inner.Writer;

    /// <summary>Saves, and lets out what was held back until then.</summary>
    internal ValueTask SaveAsync()
    {
        if (sessions.SavesBeforeHeaders)
        {
            return SavingTogether.SaveAsync(sessions, body: this);
        }

        Release();
        return default;
    }

    /// <summary>Lets out what was held back: the sessions are saved.</summary>
    internal void Release()
    {
        if (_held is { } held)
        {
            _held = null;
            inner.Writer.Write(held.WrittenSpan);
        }
    }

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        ValueTask save = SaveAsync();
        return save.IsCompletedSuccessfully ? inner.StartAsync(cancellationToken) : Awaited(save, cancellationToken);

        async Task Awaited(ValueTask pending, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            await inner.StartAsync(token).ConfigureAwait(false);
        }
    }

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await SaveAsync().ConfigureAwait(false);
        await inner.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
    }

    public async Task CompleteAsync()
    {
        await SaveAsync().ConfigureAwait(false);
        await inner.CompleteAsync().ConfigureAwait(false);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        HoldOrRelease();
        return Target.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        HoldOrRelease();
        return Target.GetSpan(sizeHint);
    }

    public override void Advance(int bytes) => Target.Advance(bytes);

    public override void CancelPendingFlush() => inner.Writer.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask save = SaveAsync();
        return save.IsCompletedSuccessfully ? inner.Writer.FlushAsync(cancellationToken) : Awaited(save, cancellationToken);

        async ValueTask<FlushResult> Awaited(ValueTask pending, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            return await inner.Writer.FlushAsync(token).ConfigureAwait(false);
        }
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ValueTask save = SaveAsync();
        return save.IsCompletedSuccessfully ? inner.Writer.WriteAsync(source, cancellationToken) : Awaited(save, source, cancellationToken);

        async ValueTask<FlushResult> Awaited(ValueTask pending, ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            await pending.ConfigureAwait(false);
            return await inner.Writer.WriteAsync(bytes, token).ConfigureAwait(false);
        }
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null)
        {
            await SaveAsync().ConfigureAwait(false);
        }

        await inner.Writer.CompleteAsync(exception).ConfigureAwait(false);
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is null)
        {
            Release();
        }

        inner.Writer.Complete(exception);
    }

    private void HoldOrRelease()
    {
        if (sessions.SavesBeforeHeaders)
        {
            _held ??= new ArrayBufferWriter<byte>(HeldAtFirst);
        }
        else
        {
            // Saved without this writer's doing, or there is nothing to save.
            Release();
        }
    }
}
