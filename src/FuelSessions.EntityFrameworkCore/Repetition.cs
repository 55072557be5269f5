using System.Data.Common;
using System.Runtime.CompilerServices;
using FuelSessions.EntityFrameworkCore.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>Has work done again where that may help, and knows when that leaves its outcome in doubt.</summary>
/// <param name="purpose">What the database is for.</param>
/// <param name="patience">For how long work that loses against other transactions is tried again.</param>
internal sealed class Repetition(string purpose, TimeSpan patience)
{
    /// <summary>What to throw of a write that failed.</summary>
    internal SessionStoreException Failure(Exception error, bool isOutcomeUnknown) => new(
        isOutcomeUnknown
            ? $"The database of {purpose} did not say what became of a write: {Sentence.Of(error.Message)} It may be stored all the same, now or in a moment, whole or not at all."
            : error.Message,
        error) { IsOutcomeUnknown = isOutcomeUnknown };

    /// <summary>As often as the provider retries, and until no other transaction is in the way.</summary>
    /// <param name="lease">Whose strategy it is.</param>
    /// <param name="work">What is to be done.</param>
    /// <param name="writes">Whether it changes rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SessionStoreException">An attempt got no answer, and none after it was successful.</exception>
    internal ValueTask<T> RunAsync<T>(ContextLease lease, LeasedDatabase.Work<T> work, bool writes, CancellationToken cancellationToken) =>
        lease.RetryStrategy() is { } strategy
            ? RepeatAsync(strategy, lease, work, writes, cancellationToken)
            : WithPatienceAsync(lease, work, Attempts.One, cancellationToken);

    /// <summary>The same on the calling thread.</summary>
    internal T Run<T>(ContextLease lease, Func<ContextLease, Attempts, T> work, bool writes)
    {
        if (lease.RetryStrategy() is not { } strategy)
        {
            return WithPatience(lease, work, Attempts.One);
        }

        var attempts = new Attempts(mayRepeat: true);
        try
        {
            return strategy.Execute(() => Once(lease, work, attempts));
        }
        catch (Exception error) when (writes && attempts.AreInDoubt && error is not SessionStoreException)
        {
            throw Failure(error, isOutcomeUnknown: true);
        }
    }

    private async ValueTask<T> RepeatAsync<T>(
        IExecutionStrategy strategy, ContextLease lease, LeasedDatabase.Work<T> work, bool writes, CancellationToken cancellationToken)
    {
        var attempts = new Attempts(mayRepeat: true);
        try
        {
            return await strategy.ExecuteAsync(token => OnceAsync(lease, work, attempts, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (writes && attempts.AreInDoubt && error is not SessionStoreException && !cancellationToken.IsCancellationRequested)
        {
            // Whatever the last attempt ended with.
            throw Failure(error, isOutcomeUnknown: true);
        }
    }

    // Opened apart from the work: if that fails, nothing was sent.
    private T Once<T>(ContextLease lease, Func<ContextLease, Attempts, T> work, Attempts attempts)
    {
        lease.Context.Database.OpenConnection();
        try
        {
            return WithPatience(lease, work, attempts);
        }
        catch (Exception error) when (attempts.Note(lease, error))
        {
            throw;
        }
        finally
        {
            lease.Context.Database.CloseConnection();
        }
    }

    private async Task<T> OnceAsync<T>(ContextLease lease, LeasedDatabase.Work<T> work, Attempts attempts, CancellationToken cancellationToken)
    {
        await lease.Context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await WithPatienceAsync(lease, work, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (attempts.Note(lease, error))
        {
            throw;
        }
        finally
        {
            await lease.Context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    private T WithPatience<T>(ContextLease lease, Func<ContextLease, Attempts, T> work, Attempts attempts)
    {
        var rest = new Patience(patience);
        while (true)
        {
            try
            {
                return work(lease, attempts);
            }
            catch (DbException error) when (lease.LastChange != ChangeAnswer.Unclear && rest.HasFor(error))
            {
                rest.Pause();
            }
        }
    }

    // Within the provider's own retries, which would wait longer and give up earlier. What lost has left nothing behind.
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<T> WithPatienceAsync<T>(ContextLease lease, LeasedDatabase.Work<T> work, Attempts attempts, CancellationToken cancellationToken)
    {
        var rest = new Patience(patience);
        while (true)
        {
            try
            {
                return await work(lease, attempts, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException error) when (!cancellationToken.IsCancellationRequested && lease.LastChange != ChangeAnswer.Unclear && rest.HasFor(error))
            {
                await rest.PauseAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellationToken.IsCancellationRequested)
                {
                    // With what it was that took so long.
                    throw;
                }
            }
        }
    }
}
