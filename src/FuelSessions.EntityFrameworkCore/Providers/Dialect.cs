using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Providers;

/// <summary>
/// All that the statements must know of a database beyond standard SQL. Names and parameters come from the EF provider; of errors, see
/// <see cref="DbErrors"/>.
/// </summary>
internal sealed class Dialect
{
    private static readonly Dialect Sqlite = new("Microsoft.EntityFrameworkCore.Sqlite") { System = "sqlite", IsSqlite = true, MayBePlain = true, WritesIndexesOfWhatIsSet = true, DeleteFirst = batch => batch.ByKey(last: "LIMIT") };

    private static readonly Dialect PostgreSql = new("Npgsql.EntityFrameworkCore.PostgreSQL") { System = "postgresql", MayBePlain = true, NumbersParameters = true, CommitsBatches = true, DeleteFirst = batch => batch.ByKey(last: "LIMIT") };

    // MySQL refuses a limit inside IN, and a table that is deleted from in a subquery.
    private static readonly Dialect MySql = new("MySql.EntityFrameworkCore", "Pomelo.EntityFrameworkCore.MySql", "Microting.EntityFrameworkCore.MySql")
    {
        System = "mysql",
        DeleteFirst = batch => batch.InOrder(),

        // Where the server's default, or what the app has left on a pooled connection, is not to commit: a write would be undone later, and a read begin a
        // transaction in which the connection goes on seeing what it saw.
        Before = "SET autocommit = 1; ",
    };

    private static readonly Dialect SqlServer = new("Microsoft.EntityFrameworkCore.SqlServer")
    {
        System = "microsoft.sql_server",
        DeleteFirst = batch => batch.ByKey(first: "TOP"),

        // The server's user options may want neither count nor commit.
        Before = "SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; ",
    };

    private static readonly Dialect Standard = new() { DeleteFirst = batch => batch.ByKey(last: "FETCH FIRST", end: "ROWS ONLY") };

    private static readonly Dialect[] Known = [Sqlite, PostgreSql, MySql, SqlServer];

    // A model is one provider's. EF looks the name up among its services each time, which takes longer than opening a pooled connection.
    private static readonly ConditionalWeakTable<IModel, Dialect> ByModel = [];

    private readonly string[] _providers;

    private Dialect(params string[] providers) => _providers = providers;

    /// <summary>The EF providers whose SQL this project knows.</summary>
    internal static IEnumerable<string> KnownProviders => Known.SelectMany(dialect => dialect._providers);

    internal bool IsSqlite { get; private init; }

    /// <summary>Whether statements may go past EF where nobody looks at them.</summary>
    internal bool MayBePlain { get; private init; }

    /// <summary>Whether parameters are known by their numbers, as in <c>$1</c>.</summary>
    internal bool NumbersParameters { get; private init; }

    /// <summary>Whether a column that is set to what it was has its indexes written all the same.</summary>
    internal bool WritesIndexesOfWhatIsSet { get; private init; }

    /// <summary>Whether the statements of a batch are one transaction, which is committed or undone as a whole.</summary>
    internal bool CommitsBatches { get; private init; }

    /// <summary>Its name in OpenTelemetry's conventions (<c>db.system.name</c>).</summary>
    internal string System { get; private init; } = "other_sql";

    /// <summary>Whether this is one of the databases that this project knows; otherwise, standard SQL is what it is sent.</summary>
    internal bool IsKnown => _providers.Length > 0;

    /// <summary>What goes in front of each statement, so that it counts the rows it changes and leaves no transaction open.</summary>
    internal string Before { get; private init; } = "";

    /// <summary>The statement that removes a batch of rows.</summary>
    internal required Func<Batch, string> DeleteFirst { get; init; }

    internal static Dialect Of(DbContext context) =>
        ByModel.TryGetValue(context.Model, out Dialect? dialect) ? dialect : Ask(context);

    private static Dialect Ask(DbContext context)
    {
        Dialect dialect = Known.FirstOrDefault(known => known._providers.Contains(context.Database.ProviderName)) ?? Standard;
        ByModel.AddOrUpdate(context.Model, dialect);
        return dialect;
    }
}
