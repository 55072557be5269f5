using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Trial;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>Where tables of FuelSessions' are: runs work on a context of its own, and makes the tables.</summary>
/// <param name="open">Opens a context for one piece of work.</param>
/// <param name="createOnDemand">Whether missing tables are made at the first use. An app with migrations gets them from those.</param>
/// <param name="tables">Which they are.</param>
/// <param name="patience">For how long work that loses against other transactions is tried again, if nobody cancels it; and how long a look may take.</param>
/// <param name="logger">Told what the app should know of its database.</param>
internal sealed class LeasedDatabase(Func<ContextLease> open, bool createOnDemand, TableSet tables, TimeSpan patience, ILogger logger)
{
    private readonly Lock _creating = new();
    private readonly Repetition _repetition = new(tables.Purpose, patience);
    private Task? _creation;

    private readonly SemaphoreSlim _trying = new(1, 1);
    private volatile bool _created = !createOnDemand;
    private volatile string? _system;
    private volatile SharedCommits? _commits;
    private volatile bool _isTried;
    private int _told;

    /// <summary>Work on one context; it runs again when the provider retries.</summary>
    internal delegate ValueTask<T> Work<T>(ContextLease lease, Attempts attempts, CancellationToken cancellationToken);

    /// <summary>Whether it is SQLite; false until it was first used.</summary>
    internal bool IsSqlite => _commits is { IsExclusive: true };

    /// <summary>The database's name in OpenTelemetry's conventions; null until it was first used.</summary>
    internal string? System => _system;

    /// <summary>
    /// Work that changes rows. Before the first of it the database is tried out. It may share a commit with the work of others, which can fail: then it
    /// is run again, by itself.
    /// </summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="shape">What it writes; null: never together with others, as it takes long.</param>
    internal ValueTask<T> WriteAsync<TRow, T>(Work<T> work, WriteShape? shape, CancellationToken cancellationToken)
        where TRow : class => _isTried
            ? WriteUntriedAsync(typeof(TRow), work, shape, cancellationToken)
            : TryAndWriteAsync(typeof(TRow), work, shape, cancellationToken);

    internal ValueTask<T> RunAsync<TRow, T>(Work<T> work, CancellationToken cancellationToken)
        where TRow : class => RunAsync(typeof(TRow), work, writes: false, cancellationToken);

    private async ValueTask<T> TryAndWriteAsync<T>(Type row, Work<T> work, WriteShape? shape, CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not UnreliableDatabaseException)
        {
            // Undecided: the next write tries it again, and this one meets whatever it was that was in the way.
            DbLog.NotYet(logger, tables.Purpose, error);
        }

        return await WriteUntriedAsync(row, work, shape, cancellationToken).ConfigureAwait(false);
    }

    // SQLite has one writer at a time, and whoever tries again and again may be passed by others for long.
    private ValueTask<T> WriteUntriedAsync<T>(Type row, Work<T> work, WriteShape? shape, CancellationToken cancellationToken, bool tellsOutcome = true) =>
        Commits() is { } commits && (commits.IsExclusive || shape?.Key is not null)
            ? WriteInTurnAsync(commits, row, work, shape, tellsOutcome, cancellationToken)
            : RunAsync(row, work, tellsOutcome, cancellationToken);

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<T> WriteInTurnAsync<T>(
        SharedCommits commits, Type row, Work<T> work, WriteShape? shape, bool tellsOutcome, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using TransactionScope? apart = ApartFromAmbientTransaction();
        bool mayBeStored = false;
        Turn? turn = commits.TryEnter();
        if (turn is null)
        {
            var waiting = new WaitingWrite<T>(work, shape is null ? null : await PlaceAsync(cancellationToken).ConfigureAwait(false), shape, cancellationToken);
            turn = await commits.WaitAsync(waiting).ConfigureAwait(false);
            if (turn is null)
            {
                return waiting.Result;
            }

            mayBeStored = waiting.MayBeStored;
        }

        try
        {
            return await RunAsync(row, mayBeStored ? (lease, _, token) => work(lease, Attempts.InDoubt, token) : work, tellsOutcome, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (mayBeStored && !DbErrors.IsOutcomeUnknown(error))
        {
            throw _repetition.Failure(error, isOutcomeUnknown: true);
        }
        finally
        {
            commits.Leave(turn);
        }
    }

    private async ValueTask<DatabasePlace?> PlaceAsync(CancellationToken cancellationToken)
    {
        ContextLease lease = open();
        await using (lease.ConfigureAwait(false))
        {
            return await DatabasePlace.OfAsync(lease, cancellationToken).ConfigureAwait(false);
        }
    }

    private SharedCommits? Commits()
    {
        if (_system is null)
        {
            using ContextLease lease = open();
            Meet(lease);
        }

        return _commits;
    }

    /// <summary>Notes which database it is.</summary>
    private void Meet(ContextLease lease)
    {
        if (_system is not null)
        {
            return;
        }

        Dialect dialect = lease.Dialect;
        if (_commits is null && (dialect.IsSqlite || dialect.CommitsBatches))
        {
            int turns = dialect.IsSqlite ? 1 : SharedCommits.TurnsOnServers;
            Interlocked.CompareExchange(ref _commits, new SharedCommits(open, turns, isExclusive: dialect.IsSqlite), null);
        }

        _system = dialect.System;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<T> RunAsync<T>(Type row, Work<T> work, bool writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using TransactionScope? apart = ApartFromAmbientTransaction();
        ContextLease lease = open();
        await using (lease.ConfigureAwait(false))
        {
            Meet(lease);
            try
            {
                if (!_created)
                {
                    await CreateOnDemandAsync(cancellationToken).ConfigureAwait(false);
                }

                try
                {
                    return await _repetition.RunAsync(lease, work, writes, cancellationToken).ConfigureAwait(false);
                }
                catch (DbException error) when (createOnDemand && DbErrors.IsMissingTable(error))
                {
                    // They were there, and someone dropped them.
                    _created = false;
                    await CreateOnDemandAsync(cancellationToken).ConfigureAwait(false);
                    return await _repetition.RunAsync(lease, work, writes, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (DbException error) when (DbErrors.IsMissingTable(error))
            {
                throw tables.Missing(lease.Context, row, error);
            }
            catch (Exception error) when (cancellationToken.IsCancellationRequested && ((writes && !IsSqlite) || error is not OperationCanceledException))
            {
                // Some providers report a cancelled command as an error of their own.
                string outcome = writes ? " What it was to write may be stored all the same, now or in a moment, whole or not at all." : "";
                throw new OperationCanceledException("The database command was cancelled." + outcome, error, cancellationToken);
            }
            catch (Exception error) when (writes && DbErrors.IsOfWrite(error))
            {
                throw _repetition.Failure(error, lease.LeavesInDoubt(error));
            }
        }
    }

    /// <summary>The same on the calling thread, but for making the tables.</summary>
    internal T Run<TRow, T>(Func<ContextLease, Attempts, T> work, bool writes = false)
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
                return _repetition.Run(lease, work, writes);
            }
            catch (DbException error) when (createOnDemand && DbErrors.IsMissingTable(error))
            {
                _created = false;
                CreateOnDemandAsync(CancellationToken.None).GetAwaiter().GetResult();
                return _repetition.Run(lease, work, writes);
            }
        }
        catch (DbException error) when (DbErrors.IsMissingTable(error))
        {
            throw tables.Missing(lease.Context, typeof(TRow), error);
        }
        catch (Exception error) when (writes && DbErrors.IsOfWrite(error))
        {
            throw _repetition.Failure(error, lease.LeavesInDoubt(error));
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

        _created = true;
        await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Warns of an EF provider that this project does not know, and tries the database out if its tables are there.</summary>
    /// <exception cref="UnreliableDatabaseException">It does not do what it answers, or the app's model has columns that don't keep what is stored.</exception>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            LookAtModel();
            if (_created)
            {
                await TryAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not UnreliableDatabaseException && !cancellationToken.IsCancellationRequested)
        {
            if (error is DbException refusal && DbErrors.IsRefusal(refusal))
            {
                DbLog.Refused(logger, tables.Purpose, error);
                return;
            }

            // It is away, its tables are not made yet, or its context is made of what a request brings.
            DbLog.NotYet(logger, tables.Purpose, error);
        }
    }

    /// <summary>Spares it the trial.</summary>
    internal void Trust() => _isTried = true;

    private void LookAtModel()
    {
        using ContextLease lease = open();
        foreach (Type row in tables.Rows)
        {
            _ = tables.RowType(lease.Context, row);
        }

        if (lease.Dialect.Before.Length > 0 && ConnectionText.ForbidsBatches(lease.Context.Database.GetConnectionString()))
        {
            throw new UnreliableDatabaseException(
                $"The database of {tables.Purpose} can't be relied on: its connection string says AllowBatch=false, and each statement is sent with another one in front of it "
                + "that has the connection commit by itself. Leave AllowBatch at its default.");
        }

        if (!lease.Dialect.IsKnown && Interlocked.Exchange(ref _told, 1) == 0)
        {
            DbLog.UnknownProvider(logger, string.Join(", ", Dialect.KnownProviders), lease.Context.Database.ProviderName, tables.Purpose);
        }
    }

    // Once: an answer that was lost would be taken for a wrong one.
    private ValueTask<object> StepAsync(Func<ContextLease, CancellationToken, ValueTask<object>> step, CancellationToken cancellationToken) => WriteUntriedAsync(
        tables.Rows[0],
        (lease, attempts, token) => attempts.AreInDoubt ? throw new InvalidOperationException("The connection broke while the database was tried out.") : step(lease, token),
        shape: null,
        cancellationToken,
        tellsOutcome: false);

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        await _trying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isTried)
            {
                var trial = new DatabaseTrial(tables.Purpose, StepAsync);
                await trial.RunAsync(tables.Trial(TimeProvider.System.GetUtcNow()), cancellationToken).ConfigureAwait(false);
                _isTried = true;
            }
        }
        finally
        {
            _trying.Release();
        }
    }

    private Task CreateOnDemandAsync(CancellationToken cancellationToken) => _created ? Task.CompletedTask : Creation().WaitAsync(cancellationToken);

    // On its own, as it serves everybody and not each of its commands can be cancelled: who can't wait for it leaves it alone.
    private Task Creation()
    {
        lock (_creating)
        {
            return _creation is { IsCompleted: false } running ? running : _creation = LeftAlone.MayBe(Task.Run(CreateAsync));
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
                SqliteWait.BeginOn(lease);
                await TableCreation.EnsureAsync(lease.Context, tables, CancellationToken.None).ConfigureAwait(false);
            }
        }

        _created = true;
    }

    /// <summary>It is stored whether or not the app's own transaction is, and a retrying provider refuses to work in one.</summary>
    internal static TransactionScope? ApartFromAmbientTransaction() => Transaction.Current is null
        ? null
        : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
}
