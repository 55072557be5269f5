using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// A driver that finds all sessions of a principal, without looking at those of others: what <see cref="ISessionRegistry"/> and
/// <see cref="FuelSessionsOptions.MaxSessionsPerPrincipal"/> are made of.
/// </summary>
/// <remarks>The suite <c>PrincipalFindingConformance</c> in FuelSessions.Testing says the same as tests.</remarks>
public interface IFindByPrincipal
{
    /// <summary>
    /// Told before a record is written that begins to belong to a principal, or is given a longer life: for stores that can't keep an index and a record
    /// in one step. From then on <see cref="FindByPrincipalAsync"/> looks at that key too, whatever becomes of the write, for an hour at least; and once the record
    /// is there, until it ends. By default it does nothing: a store that finds records by what is in them needs not be told.
    /// </summary>
    /// <param name="principal">Whom it will belong to.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="latestEnd">When the record ends at the latest, however often it is touched; null: nobody knows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken) => default;

    /// <summary>
    /// The live records that belong to a principal, whose name is compared by character codes. One that was written before the call begins is among
    /// them; one that is written meanwhile may be. Ones that can't be decoded are left out.
    /// </summary>
    ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken);
}
