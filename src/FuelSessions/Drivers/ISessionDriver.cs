using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// Where records are kept. A driver reads, compares-and-swaps, touches and deletes records by key, and nothing
/// else: rotation, expiry rules, flash and merging are the engine's and are the same for every driver.
/// </summary>
/// <remarks>
/// <para>One instance serves the whole app, from many threads at the same time.</para>
/// <para>
/// A record whose <see cref="SessionRecord.Expires"/> has come is absent, for each of these operations, whether or
/// not it is still stored. No operation brings an absent record back.
/// </para>
/// <para>
/// A method throws only if the store can't be reached or can't do its work, and
/// <see cref="OperationCanceledException"/> if it was cancelled. Lost races are results, not exceptions.
/// </para>
/// <para>The conformance suite in FuelSessions.Testing says the same as tests; derive from it.</para>
/// </remarks>
public interface ISessionDriver
{
    /// <summary>
    /// Whether every call ends soon after its <c>cancellationToken</c> was cancelled, also if the store never answers. Default
    /// false: then a call that goes on is left alone and the request goes on without it, which costs each call a little.
    /// </summary>
    bool HonorsCancellation => false;

    /// <summary>
    /// What the store is, in the words of OpenTelemetry's conventions (<c>db.system.name</c>): <c>redis</c>, <c>postgresql</c>. Metrics of its calls
    /// carry it. Default null: then they carry the driver's name.
    /// </summary>
    string? StoreSystem => null;

    /// <summary>The live record under <paramref name="key"/>; null if it is absent.</summary>
    /// <exception cref="SessionRecordFormatException">There is one, but it can't be decoded.</exception>
    ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>
    /// The same on the calling thread, for code that can't wait. By default it blocks on <see cref="ReadAsync"/>, but no longer than until
    /// <paramref name="cancellationToken"/> is cancelled. A driver whose store has a synchronous path that ends then too may override it: here
    /// nobody else can leave a call that hangs alone.
    /// </summary>
    SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        // Not the caller's token: whatever the driver does when it is cancelled, this wait must not wait for it.
        var stopped = new CancellationTokenSource();
        using CancellationTokenRegistration stopping = cancellationToken.UnsafeRegister(
            static stopped => _ = ((CancellationTokenSource)stopped!).CancelAsync(), stopped);
        ValueTask<SessionRecord?> read = ReadAsync(key, stopped.Token);
        return read.IsCompleted ? read.GetAwaiter().GetResult() : LeftAlone.AfterAsync(read.AsTask(), cancellationToken).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Stores <paramref name="record"/> if the stored version is <c>record.Version - 1</c>; version 1 means that
    /// nothing may be stored under that key yet. Atomic against every other writer of that store, in any process.
    /// </summary>
    /// <returns>
    /// <see cref="WriteResult.Written"/>; or <see cref="WriteResult.Lost(SessionRecord)"/> with the record that won;
    /// or <see cref="WriteResult.Gone"/> if the record to replace is absent.
    /// </returns>
    /// <exception cref="SessionTooLargeException">The store does not accept a record of that size; what it held stays.</exception>
    ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Moves a record's <see cref="SessionRecord.Expires"/> to <paramref name="expires"/> if the stored version is
    /// <paramref name="version"/>, without a new version; leaves it alone if it already is later. Atomic as a write is: what somebody
    /// else has stored meanwhile is not prolonged unseen.
    /// </summary>
    /// <returns>
    /// <see cref="WriteResult.Written"/> if it ends then, or later; or <see cref="WriteResult.Lost(SessionRecord)"/> with the record
    /// that is stored instead; or <see cref="WriteResult.Gone"/> if it is absent.
    /// </returns>
    ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the record if the stored version is <paramref name="version"/>. Atomic as a write is: what somebody else has stored
    /// meanwhile is not removed unseen.
    /// </summary>
    /// <returns>
    /// <see cref="WriteResult.Written"/> if it was removed; or <see cref="WriteResult.Lost(SessionRecord)"/> with the record that
    /// is stored instead; or <see cref="WriteResult.Gone"/> if it is absent.
    /// </returns>
    ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken);
}
