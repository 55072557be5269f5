using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>Writes one statement for one table, with names and parameters as the provider wants them.</summary>
internal sealed class StatementText
{
    /// <summary>The parameter for how many rows a batch may have.</summary>
    internal const string Limit = "limit";

    // Around the number of a parameter, until all are known; no identifier can hold it.
    private const char Mark = '\0';

    private readonly ISqlGenerationHelper _sql;
    private readonly Dialect _dialect;
    private readonly IRelationalCommandBuilder _command;
    private readonly IEntityType _row;
    private readonly StoreObjectIdentifier _table;
    private readonly List<PlainParameter> _parameters = [];

    internal StatementText(DbContext context, IEntityType row)
    {
        _sql = context.GetService<ISqlGenerationHelper>();
        _dialect = Dialect.Of(context);
        _command = context.GetService<IRelationalCommandBuilderFactory>().Create();
        _row = row;
        _table = StoreObjectIdentifier.Create(row, StoreObjectType.Table)!.Value;
    }

    internal string Table => _sql.DelimitIdentifier(_table.Name, _table.Schema);

    /// <summary>Every column of ours, the key's included.</summary>
    internal IEnumerable<string> Properties => OwnColumns.Of(_row).Select(property => property.Name);

    internal string Column(string property) => _sql.DelimitIdentifier(ColumnName(property));

    /// <summary>What the values of a property are called by: the name that its column has if the app does not rename it.</summary>
    internal static string ParameterName(string property) =>
        string.Concat(property.Select((letter, at) => char.IsUpper(letter) ? (at > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>A parameter of the column's type, by the property's <see cref="ParameterName"/> unless it gets a name of its own.</summary>
    internal string Parameter(string property, string? name = null)
    {
        name ??= ParameterName(property);
        int place = _parameters.FindIndex(known => known.Name == name);
        if (place < 0)
        {
            IProperty column = _row.FindProperty(property)!;
            string title = _sql.GenerateParameterName(name);
            _command.AddParameter(name, title, column.GetRelationalTypeMapping(), column.IsNullable);
            place = _parameters.Count;
            _parameters.Add(new PlainParameter(name, _dialect.NumbersParameters ? "" : title, column.GetRelationalTypeMapping(), column.IsNullable));
        }

        return $"{Mark}{place}{Mark}";
    }

    /// <summary>That a column has a value.</summary>
    internal string Is(string property, string? parameter = null) => $"{Column(property)} = {Parameter(property, parameter)}";

    /// <summary>Takes a column from a row that a statement has read, as the provider and the app's own conversions want it.</summary>
    internal Func<DbDataReader, T> Reader<T>(string property, int ordinal)
    {
        IProperty column = _row.FindProperty(property)!;
        RelationalTypeMapping type = column.GetRelationalTypeMapping();
        ParameterExpression row = Expression.Parameter(typeof(DbDataReader));
        MethodInfo read = type.GetDataReaderMethod();
        Expression value = type.CustomizeDataReaderExpression(
            Expression.Call(Expression.Convert(row, read.DeclaringType!), read, Expression.Constant(ordinal)));
        if (type.Converter is { } converter)
        {
            LambdaExpression convert = converter.ConvertFromProviderExpression;
            value = Expression.Invoke(convert, Expression.Convert(value, convert.Parameters[0].Type));
        }

        value = Expression.Convert(value, typeof(T));
        if (column.IsNullable)
        {
            Expression isNull = Expression.Call(row, nameof(DbDataReader.IsDBNull), null, Expression.Constant(ordinal));
            value = Expression.Condition(isNull, Expression.Default(typeof(T)), value);
        }

        return Expression.Lambda<Func<DbDataReader, T>>(value, row).Compile();
    }

    /// <summary>A new row with every column of ours; fails if there is one under that key.</summary>
    internal Statement Insert()
    {
        IProperty[] demanded = [.. _row.GetProperties().Except(OwnColumns.Of(_row)).Where(IsDemanded)];
        return Statement(
            $"INSERT INTO {Table} ({string.Join(", ", [.. Properties.Select(Column), .. demanded.Select(property => Column(property.Name))])})"
            + $" VALUES ({string.Join(", ", [.. Properties.Select(property => Parameter(property)), .. demanded.Select(Empty)])})",
            inserts: true);
    }

    /// <summary>Those columns of the one row under a key.</summary>
    internal Statement Select(string key, params IEnumerable<string> properties) =>
        Statement($"{SelectColumns(properties)} WHERE {Is(key)}");

    /// <summary>The beginning of a statement that reads those columns; its condition is to follow.</summary>
    internal string SelectColumns(params IEnumerable<string> properties) => $"SELECT {string.Join(", ", properties.Select(Column))} FROM {Table}";

    /// <summary>The beginning of a statement that sets every column of ours but those; its condition is to follow.</summary>
    internal string UpdateAllBut(params string[] kept) =>
        $"UPDATE {Table} SET {string.Join(", ", Properties.Except(kept).Select(property => Is(property)))}";

    /// <summary>The rows whose time is over, the oldest first and no more than <see cref="Limit"/>.</summary>
    internal Statement DeleteEnded(string key, string end, string now) => Statement(_dialect.DeleteFirst(
        new Batch(Table, Column(key), Column(end), $"{Column(end)} <= {Parameter(end, now)}", Parameter(end, Limit))));

    internal Statement Statement(string text, bool inserts = false)
    {
        string named = _dialect.Before + Filled(text, place => _sql.GenerateParameterNamePlaceholder(_parameters[place].Name));
        _command.Append(named);

        // Names are what its client would take apart for each command, and write the text anew with numbers.
        string plain = _dialect.NumbersParameters ? _dialect.Before + Filled(text, place => string.Create(CultureInfo.InvariantCulture, $"${place + 1}")) : named;
        return new Statement(_command.Build(), new PlainStatement(plain, _parameters), inserts);
    }

    private static string Filled(string text, Func<int, string> placeholder) =>
        string.Concat(text.Split(Mark).Select((part, at) => at % 2 == 0 ? part : placeholder(int.Parse(part, CultureInfo.InvariantCulture))));

    // A column that the app's model adds to every table, such as a tenant's or one of an audit: it is the app's, and stays empty; where it must
    // not, it gets what a new object of the app would have.
    private static bool IsDemanded(IProperty property) =>
        !property.IsNullable && property.ValueGenerated is ValueGenerated.Never or ValueGenerated.OnUpdate;

    private static string Empty(IProperty property)
    {
        Type type = property.ClrType;
        object value = type == typeof(string) ? "" : type == typeof(byte[]) ? Array.Empty<byte>() : Activator.CreateInstance(type)!;
        return property.GetRelationalTypeMapping().GenerateSqlLiteral(value);
    }

    private string ColumnName(string property) => _row.FindProperty(property)!.GetColumnName(_table)!;
}
