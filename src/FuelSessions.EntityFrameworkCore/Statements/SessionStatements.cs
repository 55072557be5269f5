using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>
/// All that the driver says to a database, put together once per model: an app's context may have several, one per
/// tenant's schema for example.
/// </summary>
internal sealed class SessionStatements
{
    /// <summary>The parameter for the present time; times of columns are called like their column.</summary>
    internal const string Now = "now";

    /// <summary>The parameter for the version that must be stored for anything to happen to it.</summary>
    internal const string ExpectedVersion = "expected_version";

    private static readonly ConditionalWeakTable<IModel, SessionStatements> ByModel = [];

    private readonly Statement _select;
    private readonly Func<DbDataReader, StoredSession> _stored;
    private readonly Statement _selectOf;
    private readonly Func<DbDataReader, (byte[] Key, StoredSession Session)> _storedOf;
    private readonly Statement? _checkpoint;
    private readonly Statement _selectKeys;
    private readonly Func<DbDataReader, string> _key;

    private SessionStatements(DbContext context)
    {
        IEntityType session = RowType<SessionRow>(context);
        (_select, _stored) = Selecting(new StatementText(context, session));
        (_selectOf, _storedOf) = SelectingOf(new StatementText(context, session));
        Insert = new StatementText(context, session).Insert();
        Update = Updating(new StatementText(context, session), IsExpectedAndLive, nameof(SessionRow.Created));
        UpdateInPlace = Dialect.Of(context).WritesIndexesOfWhatIsSet
            ? Updating(new StatementText(context, session), IsExpectedAndInPlace, nameof(SessionRow.Created), nameof(SessionRow.Expires), nameof(SessionRow.Principal))
            : null;
        Supersede = Updating(new StatementText(context, session), text =>
            $"{text.Column(nameof(SessionRow.Expires))} <= {text.Parameter(nameof(SessionRow.Expires), Now)}");
        Touch = Touching(new StatementText(context, session));
        Delete = Deleting(new StatementText(context, session));
        Collect = new StatementText(context, session).DeleteEnded(nameof(SessionRow.SessionKey), nameof(SessionRow.Expires), Now);
        _checkpoint = Dialect.Of(context).IsSqlite ? new StatementText(context, session).Statement("PRAGMA wal_checkpoint(PASSIVE)") : null;
        IEntityType key = RowType<DataProtectionKeyRow>(context);
        (_selectKeys, _key) = SelectingKeys(new StatementText(context, key));
        InsertKey = new StatementText(context, key).Insert();
    }

    /// <summary>A new row; fails if there is one under that key.</summary>
    internal Statement Insert { get; }

    /// <summary>The whole row but for its beginning, which never moves, if it is live and has the expected version.</summary>
    internal Statement Update { get; }

    /// <summary>
    /// The same, if neither its end nor its principal would change: their indexes stay untouched then, which spares two pages of each commit. Null: the database looks itself.
    /// </summary>
    internal Statement? UpdateInPlace { get; }

    /// <summary>The whole row, if its time is over.</summary>
    internal Statement Supersede { get; }

    /// <summary>The row's time only, if it is live, has the expected version and would end earlier.</summary>
    internal Statement Touch { get; }

    /// <summary>The row, if it is live and has the expected version.</summary>
    internal Statement Delete { get; }

    /// <summary>The rows whose time is over.</summary>
    internal Statement Collect { get; }

    internal Statement InsertKey { get; }

    internal static SessionStatements Of(ContextLease lease) =>
        ByModel.TryGetValue(lease.Model, out SessionStatements? statements) ? statements : PutTogether(lease);

    internal static IEntityType RowType<TRow>(DbContext context) => SessionTables.All.RowType(context, typeof(TRow));

    internal ValueTask<StoredSession?> SelectAsync(ContextLease lease, byte[] key, CancellationToken cancellationToken) =>
        _select.FirstAsync(lease, Key(key), _stored, cancellationToken);

    /// <summary>The live rows of a principal, and perhaps of others whose names the database takes for the same.</summary>
    internal ValueTask<List<(byte[] Key, StoredSession Session)>> SelectOfAsync(ContextLease lease, string principal, long now, CancellationToken cancellationToken) =>
        _selectOf.AllAsync(lease, new NamedValues(new(SessionColumns.Principal, principal), new(Now, now)), _storedOf, cancellationToken);

    /// <summary>
    /// Moves what is in SQLite's write-ahead log into the database's file, beside those who write. Only on connections of FuelSessions' own: when an app moves the log on its own is its
    /// business, and within a shared cache it would wait for who reads.
    /// </summary>
    internal async ValueTask CheckpointAsync(ContextLease lease, CancellationToken cancellationToken)
    {
        if (_checkpoint is not null && lease.Facts.File is not null)
        {
            await _checkpoint.FirstAsync(lease, new NamedValues(), static _ => "", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The elements of the key ring.</summary>
    internal List<string> SelectKeys(ContextLease lease) => _selectKeys.All(lease, new NamedValues(), _key);

    // Apart, as what it captures is made whenever the method begins.
    private static SessionStatements PutTogether(ContextLease lease) => ByModel.GetValue(lease.Model, _ => new SessionStatements(lease.Context));

    private static NamedValues Key(byte[] key) => new(new KeyValuePair<string, object?>(SessionColumns.SessionKey, key));

    // Not EF's compiled query: it takes longer to begin than SQLite to answer.
    private static (Statement Select, Func<DbDataReader, StoredSession> Stored) Selecting(StatementText text)
    {
        Func<DbDataReader, long> expires = text.Reader<long>(nameof(SessionRow.Expires), 0);
        Func<DbDataReader, byte[]> payload = text.Reader<byte[]>(nameof(SessionRow.Payload), 1);
        return (
            text.Select(nameof(SessionRow.SessionKey), nameof(SessionRow.Expires), nameof(SessionRow.Payload)),
            row => new StoredSession(expires(row), payload(row)));
    }

    private static (Statement Select, Func<DbDataReader, (byte[] Key, StoredSession Session)> Stored) SelectingOf(StatementText text)
    {
        Func<DbDataReader, byte[]> key = text.Reader<byte[]>(nameof(SessionRow.SessionKey), 0);
        Func<DbDataReader, long> expires = text.Reader<long>(nameof(SessionRow.Expires), 1);
        Func<DbDataReader, byte[]> payload = text.Reader<byte[]>(nameof(SessionRow.Payload), 2);
        string select = text.SelectColumns(nameof(SessionRow.SessionKey), nameof(SessionRow.Expires), nameof(SessionRow.Payload));
        return (
            text.Statement($"{select} WHERE {text.Is(nameof(SessionRow.Principal))} AND {IsLive(text)}"),
            row => (key(row), new StoredSession(expires(row), payload(row))));
    }

    private static (Statement Select, Func<DbDataReader, string> Xml) SelectingKeys(StatementText text) => (
        text.Statement(text.SelectColumns(nameof(DataProtectionKeyRow.Xml))),
        text.Reader<string>(nameof(DataProtectionKeyRow.Xml), 0));

    private static Statement Updating(StatementText text, Func<StatementText, string> condition, params string[] kept) =>
        text.Statement($"{text.UpdateAllBut([nameof(SessionRow.SessionKey), .. kept])} WHERE {OfKey(text)} AND {condition(text)}");

    private static Statement Touching(StatementText text)
    {
        string expires = text.Column(nameof(SessionRow.Expires));
        string until = text.Parameter(nameof(SessionRow.Expires));
        return text.Statement(
            $"UPDATE {text.Table} SET {expires} = {until} WHERE {OfKey(text)} AND {IsExpectedAndLive(text)} AND {expires} < {until}");
    }

    private static Statement Deleting(StatementText text) => text.Statement($"DELETE FROM {text.Table} WHERE {OfKey(text)} AND {IsExpectedAndLive(text)}");

    private static string IsExpectedAndLive(StatementText text) => $"{text.Is(nameof(SessionRow.Version), ExpectedVersion)} AND {IsLive(text)}";

    private static string IsExpectedAndInPlace(StatementText text) =>
        $"{IsExpectedAndLive(text)} AND {text.Is(nameof(SessionRow.Expires))} AND {text.Column(nameof(SessionRow.Principal))} IS {text.Parameter(nameof(SessionRow.Principal))}";

    private static string IsLive(StatementText text) => $"{text.Column(nameof(SessionRow.Expires))} > {text.Parameter(nameof(SessionRow.Expires), Now)}";

    private static string OfKey(StatementText text) => text.Is(nameof(SessionRow.SessionKey));
}
