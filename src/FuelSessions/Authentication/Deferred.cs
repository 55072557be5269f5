namespace FuelSessions.Authentication;

/// <summary>
/// A field that holds what something is made of, and from the first question on what was made: one field for both, as there is one for each request of whoever is signed in.
/// </summary>
internal static class Deferred
{
    /// <summary>What was made: the same for all threads, also for those that ask first at once.</summary>
    /// <param name="maker">Handed to <paramref name="make"/>, which then needs no closure.</param>
    internal static TMade Get<TMaker, TMade>(ref object? content, TMaker maker, Func<TMaker, object?, TMade> make)
        where TMade : class
    {
        // Looked at once: another thread may put what it made in its place meanwhile.
        object? source = Volatile.Read(ref content);
        if (source is TMade known)
        {
            return known;
        }

        TMade made = make(maker, source);
        return Interlocked.CompareExchange(ref content, made, source) as TMade ?? made;
    }
}
