using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How the sessions of a principal are found, by drivers that can [A7].</summary>
internal sealed partial class SessionStorage
{
    /// <summary>Before a write that gives a record to a principal, or more time [A7].</summary>
    /// <param name="before">What the write is to replace; null: nothing.</param>
    /// <param name="record">What is to be written.</param>
    /// <param name="options">Say when it ends at the latest.</param>
    /// <param name="deadline">Of the whole save.</param>
    internal ValueTask AnnounceAsync(SessionRecord? before, SessionRecord record, FuelSessionsOptions options, StoreDeadline deadline)
    {
        if (finder is null && options.MaxSessionsPerPrincipal is not null && record.Principal is not null)
        {
            throw new NotSupportedException(
                $"Session setting 'MaxSessionsPerPrincipal' is set for driver '{name}', which can't find the sessions of a principal. Unset it, or keep sessions that people sign in to on db, redis, file or memory.");
        }

        if (finder is null || record.Principal is not { } principal)
        {
            return default;
        }

        DateTimeOffset? latest = ExpiryPolicy.LatestEnd(record, options);
        if (string.Equals(before?.Principal, principal, StringComparison.Ordinal) && before!.Lifetime >= record.Lifetime && !(latest > ExpiryPolicy.LatestEnd(before, options)))
        {
            return default;
        }

        ValueTask announced = finder.AnnounceAsync(principal, record.Key, latest, deadline.DriverToken);
        return IsBounded(announced.IsCompleted) ? announced : LeftAlone.AfterAsync(announced.AsTask(), deadline.Token);
    }

    /// <exception cref="NotSupportedException">The driver can't.</exception>
    internal async ValueTask<IReadOnlyList<SessionRecord>> FindAsync(string principal, TimeSpan timeout, StoreDeadline deadline)
    {
        if (finder is null)
        {
            throw new NotSupportedException(
                $"Session driver '{name}' can't find the sessions of a principal: it is asked by key only. Keep sessions that people sign in to on db, redis, file or memory; "
                + "or end all sessions of a user by a stamp that is kept with the user (ASP.NET Core Identity's security stamp, for one).");
        }

        try
        {
            return await Bounded(finder.FindByPrincipalAsync(principal, deadline.DriverToken), deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not NotSupportedException)
        {
            await deadline.StepAsideAsync().ConfigureAwait(false);
            throw new SessionStoreException(
                error is OperationCanceledException
                    ? $"The sessions of a principal could not be found within {timeout:g} (StoreTimeout) on driver '{name}'.{Reason(error)}"
                    : $"The sessions of a principal could not be found on driver '{name}': {error.Message}",
                error);
        }
    }
}
