using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.Tokens.EntityFrameworkCore;

/// <summary>
/// All that the store says to a database, put together once per model. Not the context's SaveChanges, in which an app may do things of its own.
/// </summary>
internal sealed class TokenStatements
{
    private const string ExpectedVersion = "expected_version";
    private const string Now = "now";

    private static readonly ConditionalWeakTable<IModel, TokenStatements> ByModel = [];
    private static readonly string TokenKey = StatementText.ParameterName(nameof(TokenRow.TokenKey));

    private readonly IEntityType _type;
    private readonly Statement _select;
    private readonly Func<DbDataReader, TokenRow> _row;
    private readonly Statement _selectVersion;
    private readonly Func<DbDataReader, long> _version;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _delete;
    private readonly Statement _collect;

    private TokenStatements(DbContext context)
    {
        _type = TokenTables.All.RowType(context, typeof(TokenRow));
        (_select, _row) = Selecting(Text());
        (_selectVersion, _version) = (Text().Select(nameof(TokenRow.TokenKey), nameof(TokenRow.Version)), Text().Reader<long>(nameof(TokenRow.Version), 0));
        _insert = Text().Insert();
        _update = Updating(Text());
        _delete = Deleting(Text());
        _collect = Text().DeleteEnded(nameof(TokenRow.TokenKey), nameof(TokenRow.EndsAt), Now);

        StatementText Text() => new(context, _type);
    }

    internal static TokenStatements Of(ContextLease lease) =>
        ByModel.TryGetValue(lease.Model, out TokenStatements? statements) ? statements : PutTogether(lease);

    internal ValueTask<TokenRow?> SelectAsync(ContextLease lease, byte[] key, CancellationToken cancellationToken) =>
        _select.FirstAsync(lease, Key(key), _row, cancellationToken);

    /// <summary>Null if there is no row.</summary>
    internal async ValueTask<long?> SelectVersionAsync(ContextLease lease, byte[] key, CancellationToken cancellationToken) =>
        await _selectVersion.FirstAsync(lease, Key(key), row => (object)_version(row), cancellationToken).ConfigureAwait(false) as long?;

    /// <summary>A new row; fails if there is one under that key.</summary>
    /// <returns>How many rows were changed, as the database says.</returns>
    internal ValueTask<int> InsertAsync(ContextLease lease, TokenRow row, CancellationToken cancellationToken) =>
        _insert.ExecuteAsync(lease, Values(row), cancellationToken);

    /// <summary>The whole row, if it has the expected version.</summary>
    /// <returns>How many rows it changed.</returns>
    internal ValueTask<int> UpdateAsync(ContextLease lease, TokenRow row, long expected, CancellationToken cancellationToken)
    {
        Dictionary<string, object?> values = Values(row);
        values.Add(ExpectedVersion, expected);
        return _update.ExecuteAsync(lease, values, cancellationToken);
    }

    /// <summary>The row, if it has the expected version.</summary>
    /// <returns>How many rows it removed.</returns>
    internal ValueTask<int> DeleteAsync(ContextLease lease, byte[] key, long expected, CancellationToken cancellationToken)
    {
        Dictionary<string, object?> values = Key(key);
        values.Add(ExpectedVersion, expected);
        return _delete.ExecuteAsync(lease, values, cancellationToken);
    }

    /// <summary>Removes rows whose time is over.</summary>
    /// <returns>How many there were.</returns>
    internal ValueTask<int> CollectAsync(ContextLease lease, long now, long limit, CancellationToken cancellationToken) =>
        _collect.ExecuteAsync(lease, new Dictionary<string, object?> { [Now] = now, [StatementText.Limit] = limit }, cancellationToken);

    // Apart, as what it captures is made whenever the method begins.
    private static TokenStatements PutTogether(ContextLease lease) => ByModel.GetValue(lease.Model, _ => new TokenStatements(lease.Context));

    private static Dictionary<string, object?> Key(byte[] key) => new() { [TokenKey] = key };

    private Dictionary<string, object?> Values(TokenRow row) => OwnColumns.Of(_type).ToDictionary(
        property => StatementText.ParameterName(property.Name),
        property => property.PropertyInfo!.GetValue(row));

    private static (Statement Select, Func<DbDataReader, TokenRow> Row) Selecting(StatementText text)
    {
        List<string> columns = [];
        Func<DbDataReader, byte[]> key = Next<byte[]>(nameof(TokenRow.TokenKey));
        Func<DbDataReader, string> client = Next<string>(nameof(TokenRow.Client));
        Func<DbDataReader, string?> accessToken = Next<string?>(nameof(TokenRow.AccessToken));
        Func<DbDataReader, string?> refreshToken = Next<string?>(nameof(TokenRow.RefreshToken));
        Func<DbDataReader, long?> issuedAt = Next<long?>(nameof(TokenRow.IssuedAt));
        Func<DbDataReader, long?> expiresAt = Next<long?>(nameof(TokenRow.ExpiresAt));
        Func<DbDataReader, long?> refreshExpiresAt = Next<long?>(nameof(TokenRow.RefreshExpiresAt));
        Func<DbDataReader, string?> scope = Next<string?>(nameof(TokenRow.Scope));
        Func<DbDataReader, string?> refType = Next<string?>(nameof(TokenRow.RefType));
        Func<DbDataReader, string?> refId = Next<string?>(nameof(TokenRow.RefId));
        Func<DbDataReader, string?> extra = Next<string?>(nameof(TokenRow.Extra));
        Func<DbDataReader, long> version = Next<long>(nameof(TokenRow.Version));
        Func<DbDataReader, long?> endsAt = Next<long?>(nameof(TokenRow.EndsAt));
        return (text.Select(nameof(TokenRow.TokenKey), columns), row => new TokenRow
        {
            TokenKey = key(row),
            Client = client(row),
            AccessToken = accessToken(row),
            RefreshToken = refreshToken(row),
            IssuedAt = issuedAt(row),
            ExpiresAt = expiresAt(row),
            RefreshExpiresAt = refreshExpiresAt(row),
            Scope = scope(row),
            RefType = refType(row),
            RefId = refId(row),
            Extra = extra(row),
            Version = version(row),
            EndsAt = endsAt(row),
        });

        Func<DbDataReader, T> Next<T>(string property)
        {
            columns.Add(property);
            return text.Reader<T>(property, columns.Count - 1);
        }
    }

    private static Statement Updating(StatementText text) =>
        text.Statement($"{text.UpdateAllBut(nameof(TokenRow.TokenKey), nameof(TokenRow.Client))} WHERE {IsExpected(text)}");

    private static Statement Deleting(StatementText text) => text.Statement($"DELETE FROM {text.Table} WHERE {IsExpected(text)}");

    private static string IsExpected(StatementText text) =>
        $"{text.Is(nameof(TokenRow.TokenKey))} AND {text.Is(nameof(TokenRow.Version), ExpectedVersion)}";
}
