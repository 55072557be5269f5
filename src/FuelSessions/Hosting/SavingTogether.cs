using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>How the sessions of a request are saved together: before the first byte of its response goes out, and when it ends [F2].</summary>
internal static class SavingTogether
{
    /// <summary>Saves what there is to save, and has the response tell the client. One session's failure keeps no other from being saved.</summary>
    /// <param name="onlyOnError">Whether the endpoint threw: its changes are dropped, unless the settings say otherwise.</param>
    /// <param name="body">Lets out then what it has held back.</param>
    /// <exception cref="SessionStoreException">One could not be saved. The others were.</exception>
    internal static ValueTask SaveAsync(RequestSessions sessions, bool onlyOnError = false, SavingResponseBody? body = null)
    {
        // What has to wait for nothing, as where nothing was changed, is saved and announced at once.
        SessionEntry? entry = sessions.First;
        ValueTask saving = default;
        while (entry is not null && (saving = BeginSavingAsync(entry.Session.Transaction, onlyOnError)).IsCompletedSuccessfully)
        {
            entry = entry.Next;
        }

        if (entry is not null || sessions.HasNews)
        {
            return SaveRestAsync(sessions, entry, saving, onlyOnError, body);
        }

        try
        {
            sessions.Announce();
            body?.Release();
            return default;
        }
        catch (Exception error)
        {
            // Not to whoever starts it, but to whoever waits.
            return ValueTask.FromException(error);
        }
    }

    private static ValueTask BeginSavingAsync(SessionTransaction transaction, bool onlyOnError)
    {
        if (!transaction.IsUnsaved || (onlyOnError && !transaction.Options.SaveOnError))
        {
            return default;
        }

        try
        {
            return transaction.SaveAsync(explicitly: false);
        }
        catch (Exception error)
        {
            return ValueTask.FromException(error);
        }
    }

    /// <param name="entry">Where to go on; null: all are saved.</param>
    /// <param name="saving">What has begun with it.</param>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private static async ValueTask SaveRestAsync(RequestSessions sessions, SessionEntry? entry, ValueTask saving, bool onlyOnError, SavingResponseBody? body)
    {
        List<Exception>? errors = null;
        while (entry is not null)
        {
            SessionTransaction transaction = entry.Session.Transaction;
            try
            {
                await saving.ConfigureAwait(false);
            }
            catch (Exception error)
            {
                if (transaction.IsTold)
                {
                    sessions.Diagnostics.StillUnsaved(transaction.Driver, transaction.Key, error);
                }
                else
                {
                    transaction.SaveFailed(error);
                    (errors ??= []).Add(error);
                }

                transaction.Discard();
            }

            entry = entry.Next;
            saving = entry is null ? default : BeginSavingAsync(entry.Session.Transaction, onlyOnError);
        }

        await sessions.TellAsync().ConfigureAwait(false);
        if (errors is not null)
        {
            Throw(errors);
        }

        sessions.Announce();
        body?.Release();
    }

    /// <summary>The endpoint threw.</summary>
    internal static async ValueTask AfterErrorAsync(RequestSessions sessions, Exception thrown)
    {
        try
        {
            await SaveAsync(sessions, onlyOnError: true).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw new AggregateException("The request failed, and so did saving its sessions (SaveOnError).", thrown, error);
        }
        finally
        {
            for (SessionEntry? entry = sessions.First; entry is not null; entry = entry.Next)
            {
                entry.Session.Transaction.Discard();
            }

            await sessions.TellAsync().ConfigureAwait(false);
        }
    }

    private static void Throw(List<Exception> errors)
    {
        if (errors.Count == 1 || errors.TrueForAll(error => error is BadHttpRequestException))
        {
            ExceptionDispatchInfo.Throw(errors[0]);
        }

        throw new AggregateException("Several sessions could not be saved.", errors);
    }
}
