namespace FuelSessions.Engine;

/// <summary>What a session's owner may be called.</summary>
internal static class PrincipalName
{
    /// <summary>In characters.</summary>
    internal const int Longest = 256;

    /// <exception cref="ArgumentException">Not every store can keep it.</exception>
    internal static void ThrowIfBad(string principal, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(principal, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(principal.Length, Longest, parameter);
        Unicode.ThrowIfBroken(principal, "The name of a principal", parameter);
        if (principal.Contains('\0'))
        {
            // PostgreSQL's text, for one, can't hold it.
            throw new ArgumentException("The name of a principal holds U+0000, which not every store can keep.", parameter);
        }
    }
}
