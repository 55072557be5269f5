namespace FuelSessions.EntityFrameworkCore;

/// <summary>What a piece of work must know of its earlier attempts, of which a provider that retries makes several.</summary>
/// <param name="mayRepeat">Whether there may be another one.</param>
internal sealed class Attempts(bool mayRepeat)
{
    /// <summary>Of a provider that does not retry.</summary>
    internal static Attempts One { get; } = new(mayRepeat: false);

    /// <summary>Of work that is done in one transaction with others', and again by itself if that fails.</summary>
    internal static Attempts Together { get; } = new(mayRepeat: true);

    /// <summary>Of the same, if that transaction may have been committed.</summary>
    internal static Attempts InDoubt { get; } = new(mayRepeat: true) { AreInDoubt = true };

    internal bool MayRepeat => mayRepeat;

    /// <summary>Whether an earlier attempt may have been carried out, though its answer did not come.</summary>
    internal bool AreInDoubt { get; private set; }

    /// <summary>Notes what an attempt ended with; for the condition of a catch.</summary>
    /// <returns>False.</returns>
    internal bool Note(ContextLease lease, Exception error)
    {
        AreInDoubt |= mayRepeat && lease.LeavesInDoubt(error);
        return false;
    }
}
