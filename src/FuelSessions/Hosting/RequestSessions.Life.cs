using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>How the sessions live and end with the request.</summary>
internal sealed partial class RequestSessions
{
    private int _depth;
    private volatile bool _isOver;

    /// <summary>The pipeline, or a part of it that runs once more, begins to use these sessions.</summary>
    internal void Enter()
    {
        _depth++;
        _failed = false;

        // Before anything that the app registers: the response's callbacks run in reverse order, and one of them may be what changes the session.
        OnUnsaved();
    }

    /// <summary>It has run. Where the response has not started, callbacks of the app may still come.</summary>
    internal void Leave()
    {
        if (--_depth > 0 || _isOver)
        {
            return;
        }

        if (HeadersSent)
        {
            End();
        }
        else
        {
            // The start of the response ends them; or, if it never starts, what the server does before it takes the context for another request.
            context.Response.OnCompleted(static sessions => ((RequestSessions)sessions).EndAsync(), this);
        }
    }

    // From here on a change could not be saved, and the context may be another request's.
    private void End()
    {
        _isOver = true;

        // With the one in EndIfOver: a session that is added meanwhile is found here, or finds this out.
        Interlocked.MemoryBarrier();
        for (SessionEntry? entry = _entries.First; entry is not null; entry = entry.Next)
        {
            entry.Session.Transaction.End();
        }
    }

    private async Task EndAsync()
    {
        End();
        await AbandonWithheldAsync().ConfigureAwait(false);
    }

    // Before the last save and not after it: a change of another thread is either saved by that, or refused.
    private void EndIfLast(bool isSent)
    {
        if (isSent && !_isOver)
        {
            End();
        }
    }

    private void EndIfOver(SessionEntry added)
    {
        Interlocked.MemoryBarrier();
        if (_isOver)
        {
            added.Session.Transaction.End();
            ThrowIfOver();
        }
    }

    private void ThrowIfOver()
    {
        if (_isOver)
        {
            throw EndedRequest.Exception();
        }
    }
}
