using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What is to be done to a session as it is stored by now.</summary>
internal interface IPlanning
{
    /// <param name="basis">What is stored.</param>
    /// <param name="lost">What was planned before, and lost to another writer, whose record the basis is; null: nothing yet.</param>
    Plan On(SessionRecord basis, Plan? lost);
}

/// <summary>How a commit ended.</summary>
/// <param name="Plan">The last one.</param>
/// <param name="Basis">The record that it was made on.</param>
/// <param name="Attempts">How often it was tried: more than once, where another writer was faster.</param>
/// <param name="IsGone">Whether there was no record any more to do it to; otherwise it is done.</param>
internal readonly record struct Committed(Plan Plan, SessionRecord Basis, int Attempts, bool IsGone)
{
    /// <summary>Whether the record was there, and this has removed it.</summary>
    internal bool HasEnded => Plan == Plan.Delete && !IsGone;
}

/// <summary>The one place where sessions are stored: plan, compare and swap, and plan again on what won [W2, W6, F2, F6].</summary>
internal static class Committing
{
    /// <param name="plan">Made on that basis.</param>
    /// <param name="planning">Asked again on what won.</param>
    internal static ValueTask<Committed> CommitAsync<TPlanning>(
        EngineServices services, SessionStorage storage, FuelSessionsOptions options, Plan plan, TPlanning planning, SessionRecord basis, StoreDeadline deadline)
        where TPlanning : struct, IPlanning =>
        plan.AsksStore ? StoreAsync(services, storage, options, plan, planning, basis, deadline) : new(new Committed(plan, basis, Attempts: 1, IsGone: false));

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<Committed> StoreAsync<TPlanning>(
        EngineServices services, SessionStorage storage, FuelSessionsOptions options, Plan plan, TPlanning planning, SessionRecord basis, StoreDeadline deadline)
        where TPlanning : struct, IPlanning
    {
        CommitQueue.Turn? turn = null;
        SessionRecord? stored = null;
        int attempt = 1;
        try
        {
            while (true)
            {
                if (plan is Plan.Write && turn is null)
                {
                    turn = await services.Commits.EnterAsync(basis.Key, deadline.Token).ConfigureAwait(false);
                    if (turn?.Latest is { } latest && latest.Version > basis.Version)
                    {
                        (basis, plan) = (latest, planning.On(latest, plan));
                    }
                }

                WriteResult result;
                try
                {
                    result = plan is Plan.Write write
                        ? await WriteAsync(basis, Fitting(write.Record, storage, options), storage, options, deadline).ConfigureAwait(false)
                        : await DoAsync(plan, services, storage, options, basis, deadline).ConfigureAwait(false);
                }
                catch (Exception error) when (plan is Plan.Write && error is not (SessionTooLargeException or NotSupportedException))
                {
                    throw await storage.WriteFailureAsync("saved", basis.Key, options.StoreTimeout, deadline, error).ConfigureAwait(false);
                }

                if (result.IsWritten)
                {
                    stored = plan is Plan.Write done ? done.Record : basis;
                    return new Committed(plan, basis, attempt, IsGone: false);
                }

                if (result.Winner is not { } winner)
                {
                    return new Committed(plan, basis, attempt, IsGone: true);
                }

                stored = winner;
                if (plan is Plan.Write || plan == Plan.Delete)
                {
                    services.Diagnostics.Conflict(storage.Name, basis.Key, attempt);
                    await services.PauseAsync(attempt++, deadline.Token).ConfigureAwait(false);
                }

                (basis, plan) = (winner, planning.On(winner, plan));
            }
        }
        catch (OperationCanceledException error)
        {
            throw await storage.FailureAsync(plan == Plan.Delete ? "destroyed" : "saved", basis.Key, options.StoreTimeout, deadline, error).ConfigureAwait(false);
        }
        finally
        {
            // To the next one in the line, which then needs not find it out.
            turn?.Leave(stored);
        }
    }

    /// <summary>Stores the first record of a session, which has no other writer.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    internal static async ValueTask BeginAsync(SessionStorage storage, FuelSessionsOptions options, SessionRecord record, StoreDeadline deadline)
    {
        WriteResult result;
        try
        {
            result = await WriteAsync(before: null, record, storage, options, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (SessionTooLargeException or NotSupportedException))
        {
            throw await storage.WriteFailureAsync("saved", record.Key, options.StoreTimeout, deadline, error).ConfigureAwait(false);
        }

        if (!result.IsWritten)
        {
            throw new SessionStoreException($"Driver '{storage.Name}' did not accept the new session {record.Key.Fingerprint}.");
        }
    }

    /// <exception cref="SessionTooLargeException">The content is larger than the settings allow [F5].</exception>
    internal static SessionRecord Fitting(SessionRecord record, SessionStorage storage, FuelSessionsOptions options)
    {
        long size = (long)record.Data.Length + record.Flash.Length + record.Ticket.Length + (record.Binding?.Size ?? 0);
        return size <= options.MaxPayloadBytes ? record : throw SessionTooLargeException.OverMaxPayloadBytes(storage.Name, size, options.MaxPayloadBytes);
    }

    // An index that is written apart from the record is written first [A7].
    private static ValueTask<WriteResult> WriteAsync(SessionRecord? before, SessionRecord record, SessionStorage storage, FuelSessionsOptions options, StoreDeadline deadline)
    {
        ValueTask announced = storage.AnnounceAsync(before, record, options, deadline);
        return announced.IsCompletedSuccessfully ? storage.WriteWithinAsync(record, deadline) : AfterAsync(announced, record, storage, deadline);
    }

    private static async ValueTask<WriteResult> AfterAsync(ValueTask announced, SessionRecord record, SessionStorage storage, StoreDeadline deadline)
    {
        await announced.ConfigureAwait(false);
        return await storage.WriteWithinAsync(record, deadline).ConfigureAwait(false);
    }

    // What is not to be done at all is done.
    private static ValueTask<WriteResult> DoAsync(
        Plan plan, EngineServices services, SessionStorage storage, FuelSessionsOptions options, SessionRecord basis, StoreDeadline deadline) =>
        plan is Plan.Touch touch ? storage.TouchAsync(basis, touch.Expires, options.StoreTimeout, deadline)
        : plan == Plan.Delete ? storage.DeleteAsync(basis, options.StoreTimeout, deadline)
        : plan == Plan.Look ? LookAsync(services, storage, options, basis.Key, deadline)
        : new(WriteResult.Written);

    private static async ValueTask<WriteResult> LookAsync(EngineServices services, SessionStorage storage, FuelSessionsOptions options, SessionKey key, StoreDeadline deadline) =>
        await storage.ReadAsync(key, options.StoreTimeout, deadline).ConfigureAwait(false) is { } latest && !ExpiryPolicy.IsOver(latest, services.Clock.GetUtcNow(), options)
            ? WriteResult.Lost(latest)
            : WriteResult.Gone;
}
