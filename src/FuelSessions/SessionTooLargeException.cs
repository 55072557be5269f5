using System.Globalization;

namespace FuelSessions;

/// <summary>
/// A session would take more than <see cref="FuelSessionsOptions.MaxPayloadBytes"/>, or than its store accepts. What was stored
/// before stays.
/// </summary>
public sealed class SessionTooLargeException : InvalidOperationException
{
    /// <summary>For a driver whose store has a limit of its own.</summary>
    /// <param name="message">Names both sizes, and what to do about it.</param>
    /// <param name="size">What the session would take, in bytes, as the store counts.</param>
    /// <param name="limit">What the store accepts, in bytes.</param>
    public SessionTooLargeException(string message, long size, int limit)
        : base(message)
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>What the session would take, in bytes: its variables and flash variables, or all of it if the store refused.</summary>
    public long Size { get; }

    /// <summary>What it may take, in bytes.</summary>
    public int Limit { get; }

    internal static SessionTooLargeException OverMaxPayloadBytes(string driver, long size, int limit) => new(
        string.Create(CultureInfo.InvariantCulture, $"The session would take {size} bytes on driver '{driver}'; at most {limit} are allowed (MaxPayloadBytes). Nothing was saved. Store less, or raise the limit."),
        size,
        limit);
}
