using System.Runtime.CompilerServices;
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

    /// <summary>The parameter for the version that must be stored for an <see cref="Update"/> to happen.</summary>
    internal const string ExpectedVersion = "expected_version";

    private static readonly ConditionalWeakTable<IModel, SessionStatements> ByModel = [];

    private SessionStatements(DbContext context)
    {
        IEntityType session = RowType<SessionRow>(context);
        Insert = new StatementText(context, session).Insert();
        Update = Updating(new StatementText(context, session), text =>
            $"{text.Column(nameof(SessionRow.Version))} = {text.Parameter(nameof(SessionRow.Version), ExpectedVersion)}"
            + $" AND {text.Column(nameof(SessionRow.Expires))} > {text.Parameter(nameof(SessionRow.Expires), Now)}");
        Supersede = Updating(new StatementText(context, session), text =>
            $"{text.Column(nameof(SessionRow.Expires))} <= {text.Parameter(nameof(SessionRow.Expires), Now)}");
        Touch = Touching(new StatementText(context, session));
        Delete = Deleting(new StatementText(context, session));
        InsertKey = new StatementText(context, RowType<DataProtectionKeyRow>(context)).Insert();
    }

    /// <summary>A new row; fails if there is one under that key.</summary>
    internal Statement Insert { get; }

    /// <summary>The whole row, if it is live and has the expected version.</summary>
    internal Statement Update { get; }

    /// <summary>The whole row, if its time is over.</summary>
    internal Statement Supersede { get; }

    /// <summary>The row's time only, if it is live and would end earlier.</summary>
    internal Statement Touch { get; }

    internal Statement Delete { get; }

    internal Statement InsertKey { get; }

    internal Func<DbContext, byte[], CancellationToken, Task<StoredSession?>> SelectAsync { get; } =
        EF.CompileAsyncQuery((DbContext context, byte[] key, CancellationToken _) => context.Set<SessionRow>()
            .AsNoTracking()
            .IgnoreQueryFilters()
            .Where(row => row.SessionKey == key)
            .Select(row => new StoredSession(row.Expires, row.Payload))
            .FirstOrDefault());

    internal Func<DbContext, byte[], StoredSession?> Select { get; } =
        EF.CompileQuery((DbContext context, byte[] key) => context.Set<SessionRow>()
            .AsNoTracking()
            .IgnoreQueryFilters()
            .Where(row => row.SessionKey == key)
            .Select(row => new StoredSession(row.Expires, row.Payload))
            .FirstOrDefault());

    internal static SessionStatements Of(DbContext context) =>
        ByModel.TryGetValue(context.Model, out SessionStatements? statements)
            ? statements
            : ByModel.GetValue(context.Model, _ => new SessionStatements(context));

    internal static IEntityType RowType<TRow>(DbContext context) => SessionTables.All.RowType(context, typeof(TRow));

    private static Statement Updating(StatementText text, Func<StatementText, string> condition)
    {
        IEnumerable<string> assignments = text.Properties
            .Where(property => property != nameof(SessionRow.SessionKey))
            .Select(property => $"{text.Column(property)} = {text.Parameter(property)}");
        return text.Statement($"UPDATE {text.Table} SET {string.Join(", ", assignments)} WHERE {OfKey(text)} AND {condition(text)}");
    }

    private static Statement Touching(StatementText text)
    {
        string expires = text.Column(nameof(SessionRow.Expires));
        string until = text.Parameter(nameof(SessionRow.Expires));
        string now = text.Parameter(nameof(SessionRow.Expires), Now);
        return text.Statement(
            $"UPDATE {text.Table} SET {expires} = {until} WHERE {OfKey(text)} AND {expires} > {now} AND {expires} < {until}");
    }

    private static Statement Deleting(StatementText text) => text.Statement($"DELETE FROM {text.Table} WHERE {OfKey(text)}");

    private static string OfKey(StatementText text) =>
        $"{text.Column(nameof(SessionRow.SessionKey))} = {text.Parameter(nameof(SessionRow.SessionKey))}";
}
