using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>
/// The response's body, which lets nothing out before the sessions are saved. Unlike a callback of
/// <c>Response.OnStarting</c> it lets an error reach the code that writes, and so the app's exception handler, while no
/// header has been sent yet [F2].
/// </summary>
internal sealed class SavingResponseBody(IHttpResponseBodyFeature inner, RequestSessions sessions) : IHttpResponseBodyFeature
{
    private SavingStream? _stream;
    private SavingPipeWriter? _writer;

    public Stream Stream => _stream ??= new SavingStream(inner.Stream, this);

    public PipeWriter Writer => _writer ??= new SavingPipeWriter(inner.Writer, this);

    /// <summary>Whether saving is still to come, and may fail.</summary>
    internal bool HoldsBack => sessions.HasUnsaved;

    /// <summary>Saves, and lets out what was held back until then.</summary>
    internal ValueTask SaveAsync()
    {
        if (HoldsBack)
        {
            return sessions.SaveBeforeHeadersAsync(this);
        }

        Release();
        return default;
    }

    /// <summary>Lets out what was held back: the sessions are saved.</summary>
    internal void Release() => _writer?.Release();

    public void DisableBuffering() => inner.DisableBuffering();

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await SaveAsync().ConfigureAwait(false);
        await inner.StartAsync(cancellationToken).ConfigureAwait(false);
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
}
