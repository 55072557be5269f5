namespace FuelSessions.EntityFrameworkCore.Trial;

/// <summary>
/// Finds out, with one row of its own, whether a database does what it answers: who won a race is told by how many rows a statement has changed, and
/// that count, and whether anything stays stored, depends on settings of the server and on what the app adds to its connections and tables [F9].
/// </summary>
/// <param name="part">Whose database it is.</param>
/// <param name="apart">Runs a step on a context and a connection of its own.</param>
internal sealed class DatabaseTrial(string part, DatabaseTrial.Step apart)
{
    internal delegate ValueTask<object> Step(Func<ContextLease, CancellationToken, ValueTask<object>> step, CancellationToken cancellationToken);

    /// <exception cref="UnreliableDatabaseException">It does not.</exception>
    internal async Task RunAsync(ITrialRow row, CancellationToken cancellationToken)
    {
        int inserted = await CountAsync(row.InsertAsync).ConfigureAwait(false);
        await ExpectAsync(TrialState.First, $"it answered that it has inserted a row (rows changed: {inserted})").ConfigureAwait(false);

        int updated = await CountAsync(row.UpdateAsync).ConfigureAwait(false);
        await ExpectAsync(TrialState.Second, $"it answered that it has replaced a row (rows changed: {updated})").ConfigureAwait(false);
        if (updated < 1)
        {
            throw Unreliable($"it has replaced a row, and says that it changed {updated}. {Counts}");
        }

        int outdated = await CountAsync(row.UpdateAsync).ConfigureAwait(false);
        if (outdated != 0)
        {
            throw Unreliable($"it had no row to replace, and says that it changed {outdated}: each of two writers would be told that it was the faster one. {Counts}");
        }

        int deleted = await CountAsync(row.DeleteAsync).ConfigureAwait(false);
        await ExpectAsync(TrialState.Absent, $"it answered that it has deleted a row (rows changed: {deleted})").ConfigureAwait(false);
        if (deleted < 1)
        {
            throw Unreliable($"it has deleted a row, and says that it changed {deleted}. {Counts}");
        }

        async ValueTask<int> CountAsync(Func<ContextLease, CancellationToken, ValueTask<int>> write)
        {
            try
            {
                return (int)await apart(async (lease, token) => await write(lease, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
            catch (SessionStoreException error)
            {
                throw Unreliable(error.Message);
            }
        }

        async Task ExpectAsync(TrialState expected, string answer)
        {
            var state = (TrialState)await apart(
                async (lease, token) => await row.StateAsync(lease, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (state == TrialState.Different)
            {
                throw Unreliable($"{answer}, and what is stored is not what was written, to the byte. Look for a trigger, or a conversion by the connection.");
            }

            if (state != expected)
            {
                throw Unreliable($"{answer}, and the next connection sees nothing of that. {Transactions}");
            }
        }
    }

    private const string Counts = "Look for a trigger or a rule on the table, an interceptor, or a setting of the server or the connection that changes how rows are counted.";

    private const string Transactions =
        "Either it was not committed: look for an interceptor or a context that begins a transaction, and for connections that don't commit by themselves. Or a trigger or a rule "
        + "discards it, or the next connection leads to a replica that lags.";

    private UnreliableDatabaseException Unreliable(string reason) =>
        new($"The database of {part} can't be relied on: {reason} Until then FuelSessions writes nothing to it, rather than lose it unnoticed.");
}
