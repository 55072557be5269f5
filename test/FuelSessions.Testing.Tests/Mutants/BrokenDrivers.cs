using System.Text;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Mutants;

// Each is wrong in one way that a real driver might be.

internal sealed class IgnoresTheVersion(TimeProvider clock) : PlainDriver(clock)
{
    protected override WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        stored is null && record.Version > 1 ? WriteResult.Gone : WriteResult.Written;
}

internal sealed class AcceptsAnyLaterVersion(TimeProvider clock) : PlainDriver(clock)
{
    protected override WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        record.Version > stored?.Version ? WriteResult.Written : base.Judge(record, stored);
}

internal sealed class BringsDeletedRecordsBack(TimeProvider clock) : PlainDriver(clock)
{
    protected override WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        stored is null ? WriteResult.Written : base.Judge(record, stored);
}

internal sealed class SaysTheLoserWon(TimeProvider clock) : PlainDriver(clock)
{
    protected override WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        base.Judge(record, stored) is { Winner: not null } ? WriteResult.Lost(record) : base.Judge(record, stored);
}

internal sealed class SaysALostWriteIsGone(TimeProvider clock) : PlainDriver(clock)
{
    protected override WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        base.Judge(record, stored).IsWritten ? WriteResult.Written : WriteResult.Gone;
}

internal sealed class ReportsTheWinnerAsItWasWritten(TimeProvider clock) : PlainDriver(clock)
{
    private readonly Dictionary<SessionKey, SessionRecord> _written = [];

    protected override WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        base.Judge(record, stored) is { Winner: not null } ? WriteResult.Lost(_written[record.Key]) : base.Judge(record, stored);

    protected override void Store(SessionRecord record, SessionRecord? stored) => Records[record.Key] = _written[record.Key] = record;
}

internal sealed class ForgetsLaterVersions(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) => Records[record.Key] = stored ?? record;
}

internal sealed class ComparesAndSwapsInTwoSteps(TimeProvider clock) : PlainDriver(clock)
{
    public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        WriteResult result = Judge(record, Read(record.Key, cancellationToken));
        if (result.IsWritten)
        {
            await Task.Delay(5, CancellationToken.None);
            lock (Records)
            {
                Store(record, null);
            }
        }

        return result;
    }
}

internal sealed class ReadsAnOldVersionNowAndThen(TimeProvider clock) : PlainDriver(clock)
{
    private readonly Dictionary<SessionKey, SessionRecord> _before = [];
    private int _reads;

    public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        lock (Records)
        {
            return _before.TryGetValue(key, out SessionRecord? old) && Interlocked.Increment(ref _reads) % 2 == 0
                ? ValueTask.FromResult<SessionRecord?>(old)
                : base.ReadAsync(key, cancellationToken);
        }
    }

    protected override void Store(SessionRecord record, SessionRecord? stored)
    {
        if (stored is not null)
        {
            _before.TryAdd(record.Key, stored);
        }

        base.Store(record, stored);
    }
}

internal sealed class ReadsWhateverWasStoredLast(TimeProvider clock) : PlainDriver(clock)
{
    private SessionRecord? _last;

    public override SessionRecord? Read(SessionKey key, CancellationToken cancellationToken) =>
        base.Read(key, cancellationToken) ?? (_last is null ? null : _last with { Key = key });

    protected override void Store(SessionRecord record, SessionRecord? stored) => Records[record.Key] = _last = record;
}

internal sealed class ReadsStaleSynchronously(TimeProvider clock) : PlainDriver(clock)
{
    private readonly Dictionary<SessionKey, SessionRecord?> _cache = [];

    public override SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        if (!_cache.TryGetValue(key, out SessionRecord? cached))
        {
            _cache[key] = cached = base.Read(key, cancellationToken);
        }

        return cached;
    }

    public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(base.Read(key, cancellationToken));
}

internal sealed class IgnoresExpiry(TimeProvider clock) : PlainDriver(clock)
{
    private readonly DateTimeOffset _frozen = clock.GetUtcNow();

    protected override DateTimeOffset Now => _frozen;
}

internal sealed class ResurrectsOnTouch(TimeProvider clock) : PlainDriver(clock)
{
    public override ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        lock (Records)
        {
            if (Live(key) is null && Records.TryGetValue(key, out SessionRecord? expired))
            {
                Records[key] = expired with { Expires = expires };
            }
        }

        return base.TouchAsync(key, version, expires, cancellationToken);
    }
}

internal sealed class ShortensOnTouch(TimeProvider clock) : PlainDriver(clock)
{
    protected override SessionRecord Touched(SessionRecord stored, DateTimeOffset expires) => stored with { Expires = expires };
}

internal sealed class CountsATouchAsAVersion(TimeProvider clock) : PlainDriver(clock)
{
    protected override SessionRecord Touched(SessionRecord stored, DateTimeOffset expires) =>
        base.Touched(stored, expires) with { Version = stored.Version + 1 };
}

internal sealed class DoesNotTouch(TimeProvider clock) : PlainDriver(clock)
{
    protected override SessionRecord Touched(SessionRecord stored, DateTimeOffset expires) => stored;
}

internal sealed class TouchesWhatIsNotThere(TimeProvider clock) : PlainDriver(clock)
{
    public override async ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        await base.TouchAsync(key, version, expires, cancellationToken) is { IsGone: false } result ? result : WriteResult.Written;
}

internal sealed class TouchesAnyVersion(TimeProvider clock) : PlainDriver(clock)
{
    public override ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        base.TouchAsync(key, Read(key, cancellationToken)?.Version ?? version, expires, cancellationToken);
}

internal sealed class TouchesInTwoSteps(TimeProvider clock) : PlainDriver(clock)
{
    public override async ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        if (Read(key, cancellationToken) is not { } stored)
        {
            return WriteResult.Gone;
        }

        if (stored.Version != version)
        {
            return WriteResult.Lost(stored);
        }

        await Task.Delay(5, CancellationToken.None);
        lock (Records)
        {
            if (Live(key) is not null)
            {
                Records[key] = Touched(stored, expires);
            }
        }

        return WriteResult.Written;
    }
}

internal sealed class NeverEndsEarlierThanBefore(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) =>
        base.Store(stored?.Expires > record.Expires ? record with { Expires = stored.Expires } : record, stored);
}

internal sealed class DeletesTheFirstVersionOnly(TimeProvider clock) : PlainDriver(clock)
{
    public override ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        version > 1 ? ValueTask.FromResult(WriteResult.Written) : base.DeleteAsync(key, version, cancellationToken);
}

internal sealed class DeletesWhateverIsThere(TimeProvider clock) : PlainDriver(clock)
{
    public override ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        base.DeleteAsync(key, Read(key, cancellationToken)?.Version ?? version, cancellationToken);
}

internal sealed class DeletesInTwoSteps(TimeProvider clock) : PlainDriver(clock)
{
    public override async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        if (Read(key, cancellationToken) is { } stored && stored.Version == version)
        {
            await Task.Delay(5, CancellationToken.None);
            version = Read(key, cancellationToken)?.Version ?? version;
        }

        return await base.DeleteAsync(key, version, cancellationToken);
    }
}

internal sealed class SaysThatItDeletedWhatIsThere(TimeProvider clock) : PlainDriver(clock)
{
    public override async ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        WriteResult result = await base.DeleteAsync(key, version, cancellationToken);
        return result.Winner is null ? result : WriteResult.Written;
    }
}

internal sealed class FailsToDeleteWhatIsNotThere(TimeProvider clock) : PlainDriver(clock)
{
    public override ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        Read(key, cancellationToken) is null ? throw new KeyNotFoundException() : base.DeleteAsync(key, version, cancellationToken);
}

internal sealed class LosesAField(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) => base.Store(record with { UserAgentFamilyHash = null }, stored);
}

internal sealed class TurnsNullIntoZero(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) => base.Store(record with { IpHash = record.IpHash ?? 0 }, stored);
}

internal sealed class KeepsWhatWasCleared(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) =>
        base.Store(record with { Principal = record.Principal ?? stored?.Principal }, stored);
}

internal sealed class KnowsTheBasicPlaneOnly(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) => base.Store(
        record with { Principal = record.Principal is null ? null : string.Concat(record.Principal.Select(unit => char.IsSurrogate(unit) ? '?' : unit)) },
        stored);
}

internal sealed class KeepsDataAsText(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) =>
        base.Store(record with { Data = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record.Data.Span)) }, stored);
}

internal sealed class CutsDataOff(TimeProvider clock) : PlainDriver(clock)
{
    protected override void Store(SessionRecord record, SessionRecord? stored) =>
        base.Store(record with { Data = record.Data[..Math.Min(record.Data.Length, 65535)] }, stored);
}

internal sealed class MixesUpSimilarKeys(TimeProvider clock) : PlainDriver(clock)
{
    public override SessionRecord? Read(SessionKey key, CancellationToken cancellationToken) =>
        base.Read(Blurred(key), cancellationToken) is { } record ? record with { Key = key } : null;

    public override ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) =>
        base.WriteAsync(record with { Key = Blurred(record.Key) }, cancellationToken);

    private static SessionKey Blurred(SessionKey key)
    {
        byte[] bytes = key.ToByteArray();
        bytes[^1] &= 0xFE;
        return SessionKey.FromBytes(bytes);
    }
}

internal sealed class IgnoresCancellation(TimeProvider clock) : PlainDriver(clock)
{
    public override SessionRecord? Read(SessionKey key, CancellationToken cancellationToken) => base.Read(key, default);

    public override ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => base.WriteAsync(record, default);

    public override ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        base.TouchAsync(key, version, expires, default);

    public override ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) => base.DeleteAsync(key, version, default);

    public override ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken) => base.CollectExpiredAsync(limit, default);
}

/// <summary>Waits for its store, whatever becomes of the token.</summary>
internal sealed class OnlySaysThatItHonorsCancellation(TimeProvider clock) : PlainDriver(clock), ISessionDriver
{
    private TaskCompletionSource? _hanging;

    public bool HonorsCancellation => true;

    internal Func<Task> Hang()
    {
        _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return () =>
        {
            _hanging.SetResult();
            return Task.CompletedTask;
        };
    }

    public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        await (_hanging?.Task ?? Task.CompletedTask);
        return await base.WriteAsync(record, cancellationToken);
    }
}

internal sealed class CollectsEverything(TimeProvider clock) : PlainDriver(clock)
{
    protected override DateTimeOffset EndOf(SessionRecord record) => DateTimeOffset.MinValue;
}

internal sealed class CollectsByAgeAndOneLifetime(TimeProvider clock) : PlainDriver(clock)
{
    protected override DateTimeOffset EndOf(SessionRecord record) => record.Updated.AddSeconds(1);
}

internal sealed class CollectsNothing(TimeProvider clock) : PlainDriver(clock)
{
    protected override DateTimeOffset EndOf(SessionRecord record) => DateTimeOffset.MaxValue;
}

internal sealed class CollectsWithoutLimit(TimeProvider clock) : PlainDriver(clock)
{
    public override ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken) =>
        base.CollectExpiredAsync(int.MaxValue, cancellationToken);
}

/// <summary>Can't collect, though its suite says so.</summary>
internal sealed class DoesNotCollect(TimeProvider clock) : ISessionDriver
{
    private readonly PlainDriver _driver = new(clock);

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => _driver.ReadAsync(key, cancellationToken);

    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => _driver.WriteAsync(record, cancellationToken);

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        _driver.TouchAsync(key, version, expires, cancellationToken);

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        _driver.DeleteAsync(key, version, cancellationToken);
}
