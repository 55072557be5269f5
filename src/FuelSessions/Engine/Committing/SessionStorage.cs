using System.Diagnostics;
using System.Runtime.CompilerServices;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// A driver as the engine uses it: every call is bounded by <see cref="FuelSessionsOptions.StoreTimeout"/>, and what goes
/// wrong becomes a <see cref="SessionStoreException"/> that names the driver and what was tried.
/// </summary>
/// <param name="name">The driver's name.</param>
/// <param name="driver">The driver.</param>
/// <param name="isCarried">Whether the record is kept by the client, and goes to it with the response headers.</param>
/// <param name="times">Told how long each call takes; null: nobody is.</param>
/// <param name="finder">Finds the sessions of a principal; null: the driver can't.</param>
internal sealed partial class SessionStorage(string name, ISessionDriver driver, bool isCarried = false, StoreCallTimes? times = null, IFindByPrincipal? finder = null)
{
    internal string Name => name;

    internal bool IsCarried => isCarried;

    internal ISessionDriver Driver => driver;

    /// <summary>Whether the sessions of a principal can be found.</summary>
    internal bool Finds => finder is not null;

    internal ValueTask<SessionRecord?> ReadAsync(SessionKey key, TimeSpan timeout) => ReadAsync(key, timeout, StoreDeadline.Start(timeout));

    internal async ValueTask<SessionRecord?> ReadAsync(SessionKey key, TimeSpan timeout, StoreDeadline deadline)
    {
        try
        {
            return await ReadWithinAsync(key, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not SessionRecordFormatException)
        {
            throw await FailureAsync("read", key, timeout, deadline, error).ConfigureAwait(false);
        }
    }

    /// <summary>The same for who makes the failure of whatever goes wrong (<see cref="FailureAsync"/>): one state machine less.</summary>
    internal ValueTask<SessionRecord?> ReadWithinAsync(SessionKey key, StoreDeadline deadline)
    {
        try
        {
            return CallAsync("read", key, static (driver, key, token) => driver.ReadAsync(key, token), deadline);
        }
        catch (Exception error)
        {
            // To whoever waits for it, as what a driver finds out later.
            return ValueTask.FromException<SessionRecord?>(error);
        }
    }

    internal SessionRecord? Read(SessionKey key, TimeSpan timeout, StoreDeadline deadline)
    {
        long start = times is { IsOn: true } ? Stopwatch.GetTimestamp() : 0;
        Exception? failure = null;
        try
        {
            return driver.Read(key, deadline.Token);
        }
        catch (Exception error) when (error is not SessionRecordFormatException)
        {
            failure = error;
            throw Made("read", key, timeout, error, isOutcomeUnknown: false);
        }
        finally
        {
            if (start != 0)
            {
                Took("read", start, failure);
            }
        }
    }

    internal async ValueTask<WriteResult> WriteAsync(SessionRecord record, TimeSpan timeout, StoreDeadline deadline)
    {
        try
        {
            return await WriteWithinAsync(record, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not SessionTooLargeException)
        {
            throw await WriteFailureAsync("saved", record.Key, timeout, deadline, error).ConfigureAwait(false);
        }
    }

    /// <summary>The same for who makes the failure of whatever goes wrong but <see cref="SessionTooLargeException"/>.</summary>
    internal ValueTask<WriteResult> WriteWithinAsync(SessionRecord record, StoreDeadline deadline) =>
        CallAsync("write", record, static (driver, record, token) => driver.WriteAsync(record, token), deadline);

    internal async ValueTask<WriteResult> TouchAsync(SessionRecord record, DateTimeOffset expires, TimeSpan timeout, StoreDeadline deadline)
    {
        try
        {
            return await CallAsync(
                "touch",
                (Record: record, Expires: expires),
                static (driver, touch, token) => driver.TouchAsync(touch.Record.Key, touch.Record.Version, touch.Expires, token),
                deadline).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw await WriteFailureAsync("kept alive", record.Key, timeout, deadline, error).ConfigureAwait(false);
        }
    }

    internal async ValueTask<WriteResult> DeleteAsync(SessionRecord record, TimeSpan timeout, StoreDeadline deadline)
    {
        try
        {
            return await CallAsync("delete", record, static (driver, record, token) => driver.DeleteAsync(record.Key, record.Version, token), deadline).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            throw await WriteFailureAsync("destroyed", record.Key, timeout, deadline, error).ConfigureAwait(false);
        }
    }

    /// <summary>What to throw; not before those who share the deadline have been told as well.</summary>
    internal ValueTask<SessionStoreException> FailureAsync(string what, SessionKey key, TimeSpan timeout, StoreDeadline deadline, Exception error) =>
        MadeAsync(what, key, timeout, deadline, error, isOutcomeUnknown: false);

    /// <summary>The same for a call that was to change the store.</summary>
    internal ValueTask<SessionStoreException> WriteFailureAsync(string what, SessionKey key, TimeSpan timeout, StoreDeadline deadline, Exception error) =>
        MadeAsync(what, key, timeout, deadline, error, UnknownOutcome.Is(error));

    private async ValueTask<SessionStoreException> MadeAsync(
        string what, SessionKey key, TimeSpan timeout, StoreDeadline deadline, Exception error, bool isOutcomeUnknown)
    {
        await deadline.StepAsideAsync().ConfigureAwait(false);
        return Made(what, key, timeout, error, isOutcomeUnknown);
    }

    private SessionStoreException Made(string what, SessionKey key, TimeSpan timeout, Exception error, bool isOutcomeUnknown)
    {
        SessionSpans.Failed(error);
        string unknown = isOutcomeUnknown && error is not SessionStoreException ? " It may be stored all the same, now or in a moment, whole or not at all." : "";
        return new SessionStoreException(
            error is OperationCanceledException
                ? $"Session {key.Fingerprint} could not be {what} within {timeout:g} (StoreTimeout) on driver '{name}'.{Reason(error)}{unknown} The client keeps the id it has."
                : $"Session {key.Fingerprint} could not be {what} on driver '{name}': {Sentence.Of(error.Message)}{unknown} The client keeps the id it has.",
            error) { IsOutcomeUnknown = isOutcomeUnknown };
    }

    // A driver that knows what it waited for in vain says so there.
    private static string Reason(Exception error) => error.InnerException is { } reason and not OperationCanceledException ? $" {Sentence.Of(reason.Message)}" : "";

    private ValueTask<TResult> CallAsync<TArgument, TResult>(
        string operation,
        TArgument argument,
        Func<ISessionDriver, TArgument, CancellationToken, ValueTask<TResult>> call,
        StoreDeadline deadline) =>
        times is { IsOn: true } || SessionSpans.AreWanted
            ? WatchedAsync(operation, argument, call, deadline)
            : Bounded(call(driver, argument, deadline.DriverToken), deadline);

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> WatchedAsync<TArgument, TResult>(
        string operation,
        TArgument argument,
        Func<ISessionDriver, TArgument, CancellationToken, ValueTask<TResult>> call,
        StoreDeadline deadline)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            TResult result = await Bounded(call(driver, argument, deadline.DriverToken), deadline).ConfigureAwait(false);
            Took(operation, start, error: null);
            return result;
        }
        catch (Exception error)
        {
            SessionSpans.Failed(error);
            Took(operation, start, error);
            throw;
        }
    }

    private void Took(string operation, long start, Exception? error) => times?.Took(name, driver.StoreSystem ?? name, operation, start, error);

    private ValueTask<T> Bounded<T>(ValueTask<T> operation, StoreDeadline deadline) =>
        IsBounded(operation.IsCompleted) ? operation : LeftAlone.AfterAsync(operation.AsTask(), deadline.Token);

    // A driver that does not heed its token must not hold up the request all the same.
    private bool IsBounded(bool isCompleted) => isCompleted || driver.HonorsCancellation;
}
