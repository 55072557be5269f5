using System.Data.Common;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// Makes FuelSessions' tables one by one, where they are missing. EF's EnsureCreated makes nothing in a database that
/// already has tables, and FuelSessions often shares one with the app.
/// </summary>
internal static class TableCreation
{
    internal static Task EnsureAsync(DbContext context, TableSet tables, CancellationToken cancellationToken) =>
        context.Database.CreateExecutionStrategy().ExecuteAsync(token => EnsureOnceAsync(context, tables, token), cancellationToken);

    /// <summary>The statements that make one table with its indexes, and its schema if it has one.</summary>
    internal static IReadOnlyList<MigrationCommand> Commands(DbContext context, IEntityType row)
    {
        string? table = row.GetTableName();
        string? schema = row.GetSchema();
        IModel model = context.GetService<IDesignTimeModel>().Model;
        List<MigrationOperation> operations =
        [
            .. context.GetService<IMigrationsModelDiffer>().GetDifferences(null, model.GetRelationalModel()).Where(operation => operation switch
            {
                EnsureSchemaOperation ensure => ensure.Name == schema,
                CreateTableOperation create => create.Name == table && create.Schema == schema,
                CreateIndexOperation index => index.Table == table && index.Schema == schema,
                _ => false,
            }),
        ];
        return context.GetService<IMigrationsSqlGenerator>().Generate(operations, model);
    }

    private static async Task EnsureOnceAsync(DbContext context, TableSet tables, CancellationToken cancellationToken)
    {
        var creator = (IRelationalDatabaseCreator)context.GetService<IDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken).ConfigureAwait(false))
        {
            await CreateUnlessThereAsync(
                () => creator.CreateAsync(cancellationToken),
                () => creator.ExistsAsync(cancellationToken)).ConfigureAwait(false);
        }

        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (context is IOwnContext && Dialect.Of(context).IsSqlite)
            {
                // Readers don't wait for writers then. The file remembers it; the journal of an app's own file is the app's choice.
                await RunAsync(context, "PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
            }

            foreach (Type type in tables.Rows)
            {
                IEntityType row = tables.RowType(context, type);
                if (!await IsThereAsync(context, row, cancellationToken).ConfigureAwait(false))
                {
                    await CreateUnlessThereAsync(
                        () => context.GetService<IMigrationCommandExecutor>().ExecuteNonQueryAsync(
                            Commands(context, row), context.GetService<IRelationalConnection>(), cancellationToken),
                        () => IsThereAsync(context, row, cancellationToken)).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Another process may start at the same time and be first; that is as good.</summary>
    private static async Task CreateUnlessThereAsync(Func<Task> create, Func<Task<bool>> isThere)
    {
        try
        {
            await create().ConfigureAwait(false);
        }
        catch (DbException)
        {
            bool isThereByNow;
            try
            {
                isThereByNow = await isThere().ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The connection has ended with the statement: why it did is to be told, and not that there is none any more.
                isThereByNow = false;
            }

            if (!isThereByNow)
            {
                throw;
            }
        }
    }

    // No provider-independent catalogue says so. A plain command, because EF would log the expected failure as an error.
    private static async Task<bool> IsThereAsync(DbContext context, IEntityType row, CancellationToken cancellationToken)
    {
        string table = context.GetService<ISqlGenerationHelper>().DelimitIdentifier(row.GetTableName()!, row.GetSchema());
        try
        {
            await RunAsync(context, $"SELECT 1 FROM {table} WHERE 1 = 0", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbException error) when (!cancellationToken.IsCancellationRequested && (DbErrors.IsMissingTable(error) || !Dialect.Of(context).IsKnown))
        {
            // Of a database that this project knows, every other refusal is told: a table that may not be read is there.
            return false;
        }
    }

    private static async Task RunAsync(DbContext context, string sql, CancellationToken cancellationToken)
    {
        DbCommand command = context.Database.GetDbConnection().CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            command.CommandTimeout = context.Database.GetCommandTimeout() ?? command.CommandTimeout;
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
