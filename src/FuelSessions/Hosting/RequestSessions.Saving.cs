using System.Runtime.CompilerServices;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>How the sessions are saved together, and announced to the client.</summary>
internal sealed partial class RequestSessions
{
    private bool _awaitsStart;

    // What the cookies of the response were when everything had been saved and announced, and whether that still is so.
    private StringValues _announced;
    private bool _isCurrent;

    // The app was told by an exception. What it answers then is not to fail for it once more.
    private bool _cannotAnnounce;

    /// <summary>Whether there is a session that is to be saved before the headers go out.</summary>
    internal bool HasUnsaved => !HeadersSent && _entries.IsAnyToBeSaved;

    /// <inheritdoc/>
    public void OnUnsaved()
    {
        _isCurrent = false;

        // Again, where what changes a session is a callback that runs after ours: most servers run what is added meanwhile as well.
        if (!_awaitsStart && !HeadersSent)
        {
            _awaitsStart = true;
            context.Response.OnStarting(static sessions => ((RequestSessions)sessions).SaveAndAnnounceAsync(), this);
        }
    }

    /// <summary>Saves what there is to save, before the first byte of the response goes out.</summary>
    /// <exception cref="SessionStoreException">One could not be saved. The others were.</exception>
    /// <param name="body">Lets out then what it has held back.</param>
    internal ValueTask SaveBeforeHeadersAsync(SavingResponseBody body) => SaveAsync(static _ => true, body);

    /// <summary>Saves what was changed since then.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    internal async ValueTask SaveAtEndAsync()
    {
        EndIfLast(_depth == 1 && HeadersSent);
        await SaveAsync(static _ => true).ConfigureAwait(false);
        if (HeadersSent)
        {
            await AbandonWithheldAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The endpoint threw: its changes are dropped, unless the settings say otherwise.</summary>
    internal async ValueTask EndWithErrorAsync(Exception thrown)
    {
        EndIfLast(_depth == 1 && HeadersSent);
        _failed = true;
        try
        {
            await SaveAsync(static session => session.Transaction.Options.SaveOnError).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw new AggregateException("The request failed, and so did saving its sessions (SaveOnError).", thrown, error);
        }
        finally
        {
            for (SessionEntry? entry = _entries.First; entry is not null; entry = entry.Next)
            {
                entry.Session.Transaction.Discard();
            }
        }
    }

    // One session's failure keeps no other from being saved [D16].
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveAsync(Func<Session, bool> isWanted, SavingResponseBody? body = null)
    {
        List<Exception>? errors = null;
        for (SessionEntry? entry = _entries.First; entry is not null; entry = entry.Next)
        {
            SessionTransaction transaction = entry.Session.Transaction;
            if (!transaction.IsToBeSaved || !isWanted(entry.Session))
            {
                continue;
            }

            try
            {
                await transaction.SaveAsync(explicitly: false).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                if (transaction.IsTold)
                {
                    Diagnostics.StillUnsaved(transaction.Driver, transaction.Key, error);
                }
                else
                {
                    (errors ??= []).Add(error);
                }

                transaction.Discard();
            }
        }

        if (errors is not null)
        {
            throw errors.Count == 1 || errors.TrueForAll(error => error is TooManySessionsException)
                ? Rethrown(errors[0])
                : new AggregateException("Several sessions could not be saved.", errors);
        }

        AnnounceSaved();
        body?.Release();

        static Exception Rethrown(Exception error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            return error;
        }
    }

    // Also saves what reached the server past this middleware's response body, such as an upgrade.
    private async Task SaveAndAnnounceAsync()
    {
        EndIfLast(_depth == 0);
        if (_entries.First is not null)
        {
            await SaveAsync(static _ => true).ConfigureAwait(false);
        }

        _awaitsStart = false;
    }

    // At once, for middleware that looks at the headers before the server does, and again when the server starts the response: an error page
    // may have cleared them.
    private void AnnounceSaved()
    {
        if (HeadersSent || _cannotAnnounce)
        {
            return;
        }

        try
        {
            Announce();
        }
        catch
        {
            _cannotAnnounce = true;
            throw;
        }
    }

    private void Announce()
    {
        bool isThere = _isCurrent && context.Response.Headers.SetCookie == _announced;
        for (SessionEntry? entry = _entries.First; entry is not null; entry = entry.Next)
        {
            ChannelWriter.Write(context, entry, services.HomeOf(entry.Session.Driver).Protector, isThere);
            if (services.Bindings is { } bindings && context.Request.IsHttps)
            {
                AnnounceBinding(entry, bindings);
            }

            if (entry.Session.Transaction.IsWithheld)
            {
                ReportWithheld(entry);
            }
        }

        TakeBackOverdue();
        _announced = context.Response.Headers.SetCookie;
        _isCurrent = true;
    }
}
