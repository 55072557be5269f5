using System.Data.Common;
using System.Text;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Tokens.EntityFrameworkCore;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>
/// The statements for sessions and keys that a database is sent, to the letter, in docs/sql: for those who look after it. Nothing is sent anywhere here. After
/// a change that is meant, <c>FUELSESSIONS_RENEW_SQL=$PWD/docs/sql dotnet test test/FuelSessions.EntityFrameworkCore.Tests --filter GoldenSql</c>
/// writes the files anew.
/// </summary>
public sealed class GoldenSqlTests
{
    private const string Renew = "FUELSESSIONS_RENEW_SQL";

    private static readonly RowToWrite Row = new(Support.Records.New(DateTimeOffset.UnixEpoch).Next(), [1]);

    private static readonly Dictionary<string, object?> KeyValues = new()
    {
        [DataProtectionKeyColumns.Id] = new byte[DataProtectionKeyRowConfiguration.IdSize],
        [DataProtectionKeyColumns.FriendlyName] = "",
        [DataProtectionKeyColumns.Xml] = "",
    };

    private static readonly byte[] Token = new byte[32];

    private static readonly TokenRow TokenToWrite = new() { TokenKey = Token, Client = "", Version = 1 };

    private static readonly (string Title, Func<ContextLease, Task> Send)[] Statements =
    [
        ("a session is read", lease => Sessions(lease).SelectAsync(lease, Row.Key, default).AsTask()),
        ("a session begins", lease => Sessions(lease).Insert.ExecuteAsync(lease, Row.Values(0), default).AsTask()),
        ("a session is saved", lease => Sessions(lease).Update.ExecuteAsync(lease, Row.Values(0), default).AsTask()),
        ("a session is saved whose end and principal stay as they are", lease => Sessions(lease).UpdateInPlace?.ExecuteAsync(lease, Row.Values(0), default).AsTask() ?? Task.CompletedTask),
        ("a session begins in the place of one that has expired and was not removed yet", lease => Sessions(lease).Supersede.ExecuteAsync(lease, Row.Values(0), default).AsTask()),
        ("a session is kept alive", lease => Sessions(lease).Touch.ExecuteAsync(lease, Row.Values(0), default).AsTask()),
        ("a session is destroyed", lease => Sessions(lease).Delete.ExecuteAsync(lease, Row.Values(0), default).AsTask()),
        ("expired sessions are removed, some at a time", lease => Sessions(lease).Collect.ExecuteAsync(lease, Batch, default).AsTask()),
        ("the key ring is read", lease => Task.FromResult(Sessions(lease).SelectKeys(lease))),
        ("a key of the key ring is kept", lease => Sessions(lease).InsertKey.ExecuteAsync(lease, KeyValues, default).AsTask()),
        ("a token is read", lease => Tokens(lease).SelectAsync(lease, Token, default).AsTask()),
        ("a token is kept for the first time", lease => Tokens(lease).InsertAsync(lease, TokenToWrite, default).AsTask()),
        ("a token is renewed", lease => Tokens(lease).UpdateAsync(lease, TokenToWrite, 0, default).AsTask()),
        ("a token is forgotten", lease => Tokens(lease).DeleteAsync(lease, Token, 0, default).AsTask()),
        ("which token won", lease => Tokens(lease).SelectVersionAsync(lease, Token, default).AsTask()),
        ("tokens that have ended are removed, some at a time", lease => Tokens(lease).CollectAsync(lease, 0, 1, default).AsTask()),
    ];

    private static Dictionary<string, object?> Batch => new() { [SessionStatements.Now] = 0L, [StatementText.Limit] = 1L };

    [Fact]
    public Task SQLite() => AssertGoldenAsync("sqlite", db => db.UseSqlite("Data Source=nowhere"));

    [Fact]
    public Task PostgreSQL() => AssertGoldenAsync("postgresql", db => db.UseNpgsql("Host=nowhere"));

    [Fact]
    public Task MySQL() => AssertGoldenAsync("mysql", db => db.UseMySQL("Server=nowhere"));

    [Fact]
    public Task SQL_Server() => AssertGoldenAsync("sqlserver", db => db.UseSqlServer("Server=nowhere"));

    [Fact]
    public async Task Text_is_put_together_once_a_model()
    {
        await using var first = new TablesContext(db => db.UseSqlite("Data Source=nowhere"), new Recorder());
        await using var second = new TablesContext(db => db.UseSqlite("Data Source=nowhere"), new Recorder());
        Assert.Same(Sessions(ContextLease.Of(first)), Sessions(ContextLease.Of(second)));
        Assert.Same(Tokens(ContextLease.Of(first)), Tokens(ContextLease.Of(second)));
    }

    private static SessionStatements Sessions(ContextLease lease) => SessionStatements.Of(lease);

    private static TokenStatements Tokens(ContextLease lease) => TokenStatements.Of(lease);

    private static async Task AssertGoldenAsync(string name, Action<DbContextOptionsBuilder> on)
    {
        var sent = new Recorder();
        await using var context = new TablesContext(on, sent);
        var text = new StringBuilder($"-- What FuelSessions sends to this database through {context.Database.ProviderName}, written by its tests.\n");
        foreach (IEntityType table in ((Type[])[typeof(SessionRow), typeof(DataProtectionKeyRow), typeof(TokenRow)]).Select(row => context.Model.FindEntityType(row)!))
        {
            text.Append($"\n-- the table {table.GetTableName()}\n");
            text.AppendJoin("\n", TableCreation.Commands(context, table).Select(command => Plain(command.CommandText))).Append('\n');
        }

        foreach ((string title, Func<ContextLease, Task> sendAsync) in Statements)
        {
            await sendAsync(ContextLease.Of(context));
            if (sent.Take() is { Length: > 0 } statement)
            {
                text.Append($"\n-- {title}\n{statement}");
            }
        }

        AssertSame($"{name}.sql", text.ToString());
    }

    private static void AssertSame(string file, string actual)
    {
        if (Environment.GetEnvironmentVariable(Renew) is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, file), actual);
            return;
        }

        string path = Path.Combine(AppContext.BaseDirectory, "sql", file);
        string[] expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n') : [];
        string[] lines = actual.Split('\n');
        int different = Enumerable.Range(0, Math.Max(expected.Length, lines.Length)).FirstOrDefault(line => expected.ElementAtOrDefault(line) != lines.ElementAtOrDefault(line), -1);
        Assert.True(
            different < 0,
            $"""
            docs/sql/{file}, line {different + 1}, is not what is sent:
            - {expected.ElementAtOrDefault(different)}
            + {lines.ElementAtOrDefault(different)}
            If that is meant, write it anew and look at the difference:
            {Renew}=$PWD/docs/sql dotnet test test/FuelSessions.EntityFrameworkCore.Tests --filter GoldenSql && git diff docs/sql
            """);
    }

    private static string Plain(string sql) => sql.ReplaceLineEndings("\n").Trim();

    private sealed class TablesContext(Action<DbContextOptionsBuilder> on, Recorder sent) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder options)
        {
            on(options);
            options.AddInterceptors(sent, new NoConnection());
        }

        protected override void OnModelCreating(ModelBuilder model) => model.AddFuelSessions().AddTokenSessions();
    }

    /// <summary>Takes the database's place, and writes down what comes: the text, and the types of its parameters.</summary>
    private sealed class Recorder : DbCommandInterceptor
    {
        private readonly StringBuilder _sent = new();

        internal string Take()
        {
            string sent = _sent.ToString();
            _sent.Clear();
            return sent;
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Record(command);
            return new(InterceptionResult<int>.SuppressWithResult(1));
        }

        public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
        {
            Record(command);
            return InterceptionResult<DbDataReader>.SuppressWithResult(NoRows.Reader(command.CommandText));
        }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
            new(ReaderExecuting(command, eventData, result));

        private void Record(DbCommand command) => _sent
            .Append(Plain(command.CommandText)).Append(";\n")
            .Append("--   ").AppendJoin(", ", command.Parameters.Cast<DbParameter>().Select(parameter => $"{parameter.ParameterName} {parameter.DbType}")).Append('\n');
    }
}
