using System.Data.Common;
using System.Transactions;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>Where tables of FuelSessions' are: runs work on a context of its own, and makes the tables.</summary>
/// <param name="open">Opens a context for one piece of work.</param>
/// <param name="createOnDemand">Whether missing tables are made at the first use. An app with migrations gets them from those.</param>
/// <param name="tables">Which they are.</param>
internal sealed class LeasedDatabase(Func<ContextLease> open, bool createOnDemand, TableSet tables)
{
    private readonly Lock _creating = new();
    private Task? _creation;

    // SQLite has one writer at a time, and whoever tries again and again may be passed by others for long.
    private readonly SemaphoreSlim _sqliteWriter = new(1, 1);
    private volatile bool _created = !createOnDemand;
    private volatile bool _isSqlite;

    /// <summary>Work on one context; it runs again, with a higher attempt, when the provider retries.</summary>
    internal delegate Task<T> Work<T>(DbContext context, int attempt, CancellationToken cancellationToken);

    /// <summary>Whether it is SQLite; false until it was first used.</summary>
    internal bool IsSqlite => _isSqlite;

    /// <summary>Work that changes rows.</summary>
    internal Task<T> WriteAsync<TRow, T>(Work<T> work, CancellationToken cancellationToken)
        where TRow : class => RunAsync<TRow, T>(
            async (context, attempt, token) =>
            {
                if (!SqliteProvider.Has(context))
                {
                    return await work(context, attempt, token).ConfigureAwait(false);
                }

                await WriterAsync(token).ConfigureAwait(false);
                try
                {
                    return await work(context, attempt, token).ConfigureAwait(false);
                }
                finally
                {
                    _sqliteWriter.Release();
                }
            },
            cancellationToken);

    internal async Task<T> RunAsync<TRow, T>(Work<T> work, CancellationToken cancellationToken)
        where TRow : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        using TransactionScope? apart = ApartFromAmbientTransaction();
        ContextLease lease = open();
        await using (lease.ConfigureAwait(false))
        {
            if (SqliteProvider.Has(lease.Context))
            {
                _isSqlite = true;
                SqliteWait.BeginHere();
            }

            try
            {
                await CreateOnDemandAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    return await AttemptAsync(lease.Context, work, cancellationToken).ConfigureAwait(false);
                }
                catch (DbException error) when (createOnDemand && DbErrors.IsMissingTable(error))
                {
                    // They were there, and someone dropped them.
                    _created = false;
                    await CreateOnDemandAsync(cancellationToken).ConfigureAwait(false);
                    return await AttemptAsync(lease.Context, work, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (DbException error) when (DbErrors.IsMissingTable(error))
            {
                throw tables.Missing(lease.Context, typeof(TRow), error);
            }
            catch (Exception error) when (cancellationToken.IsCancellationRequested && error is not OperationCanceledException)
            {
                // Some providers report a cancelled command as an error of their own.
                throw new OperationCanceledException("The database command was cancelled.", error, cancellationToken);
            }
        }
    }

    /// <summary>The same on the calling thread, but for making the tables.</summary>
    internal T Run<TRow, T>(Func<DbContext, int, T> work)
        where TRow : class
    {
        using TransactionScope? apart = ApartFromAmbientTransaction();
        using ContextLease lease = open();
        try
        {
            if (!_created)
            {
                // Once, and in Development only: worth no second, synchronous way to make tables.
                CreateOnDemandAsync(CancellationToken.None).GetAwaiter().GetResult();
            }

            try
            {
                return Attempt(lease.Context, work);
            }
            catch (DbException error) when (createOnDemand && DbErrors.IsMissingTable(error))
            {
                _created = false;
                CreateOnDemandAsync(CancellationToken.None).GetAwaiter().GetResult();
                return Attempt(lease.Context, work);
            }
        }
        catch (DbException error) when (DbErrors.IsMissingTable(error))
        {
            throw tables.Missing(lease.Context, typeof(TRow), error);
        }
    }

    /// <summary>Makes the tables that are missing, and the database if there is none.</summary>
    internal async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        using TransactionScope? apart = ApartFromAmbientTransaction();
        ContextLease lease = open();
        await using (lease.ConfigureAwait(false))
        {
            await TableCreation.EnsureAsync(lease.Context, tables, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriterAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _sqliteWriter.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException(error.Message, new TimeoutException("The writers before it, one at a time, are not done."), cancellationToken);
        }
    }

    private static T Attempt<T>(DbContext context, Func<DbContext, int, T> work)
    {
        int attempt = 0;
        return context.Database.CreateExecutionStrategy().Execute(() => work(context, ++attempt));
    }

    private static async Task<T> AttemptAsync<T>(DbContext context, Work<T> work, CancellationToken cancellationToken)
    {
        IExecutionStrategy strategy = context.Database.CreateExecutionStrategy();
        if (!strategy.RetriesOnFailure)
        {
            return await work(context, 1, cancellationToken).ConfigureAwait(false);
        }

        int attempt = 0;
        return await strategy.ExecuteAsync(token => work(context, ++attempt, token), cancellationToken).ConfigureAwait(false);
    }

    private Task CreateOnDemandAsync(CancellationToken cancellationToken) => _created ? Task.CompletedTask : Creation().WaitAsync(cancellationToken);

    // On its own, as it serves everybody and not each of its commands can be cancelled: who can't wait for it leaves it alone.
    private Task Creation()
    {
        lock (_creating)
        {
            return _creation is { IsCompleted: false } running ? running : _creation = Task.Run(CreateAsync);
        }
    }

    private async Task CreateAsync()
    {
        ContextLease lease = open();
        await using (lease.ConfigureAwait(false))
        {
            // A table that was made here would be in the way of the migration that makes it.
            if (!lease.Context.Database.GetMigrations().Any())
            {
                await TableCreation.EnsureAsync(lease.Context, tables, CancellationToken.None).ConfigureAwait(false);
            }
        }

        _created = true;
    }

    /// <summary>It is stored whether or not the app's own transaction is, and a retrying provider refuses to work in one.</summary>
    private static TransactionScope? ApartFromAmbientTransaction() => Transaction.Current is null
        ? null
        : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
}
