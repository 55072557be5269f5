using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Trial;

/// <summary>A session that nobody has. If the app dies meanwhile it is removed an hour later, as any other.</summary>
internal sealed class SessionTrialRow : ITrialRow
{
    private readonly RowToWrite _first;
    private readonly RowToWrite _second;
    private readonly long _now;

    internal SessionTrialRow(DateTimeOffset now)
    {
        byte[] everyByte = [.. Enumerable.Range(0, 9_000).Select(value => (byte)value)];
        var record = new SessionRecord
        {
            Key = SessionKey.Create(),
            Version = 1,
            CurrentHash = default,
            Created = now,
            Rotated = now,
            Updated = now,
            Expires = now.AddHours(1),
            Lifetime = TimeSpan.FromHours(1),
            Data = everyByte,
        };
        _now = now.ToUnixTimeMilliseconds();
        _first = Row(record);
        _second = Row(record with { Version = 2 });
    }

    public ValueTask<int> InsertAsync(ContextLease lease, CancellationToken cancellationToken) =>
        SessionStatements.Of(lease).Insert.ExecuteAsync(lease, _first.Values(_now), cancellationToken);

    public ValueTask<int> UpdateAsync(ContextLease lease, CancellationToken cancellationToken) =>
        SessionStatements.Of(lease).Update.ExecuteAsync(lease, _second.Values(_now), cancellationToken);

    public ValueTask<int> DeleteAsync(ContextLease lease, CancellationToken cancellationToken) => SessionStatements.Of(lease).Delete.ExecuteAsync(
        lease,
        new NamedValues(new(SessionColumns.SessionKey, _second.Key), new(SessionStatements.ExpectedVersion, _second.Record.Version), new(SessionStatements.Now, _now)),
        cancellationToken);

    public async ValueTask<TrialState> StateAsync(ContextLease lease, CancellationToken cancellationToken)
    {
        StoredSession? stored = await SessionStatements.Of(lease).SelectAsync(lease, _first.Key, cancellationToken).ConfigureAwait(false);
        return stored is null ? TrialState.Absent
            : _first.Is(stored) ? TrialState.First
            : _second.Is(stored) ? TrialState.Second
            : TrialState.Different;
    }

    private static RowToWrite Row(SessionRecord record) => new(record, SessionRecordFormat.Encode(record));
}
