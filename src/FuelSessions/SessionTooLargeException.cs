using System.Globalization;

namespace FuelSessions;

/// <summary>A session would take more than <see cref="SessionOptions.MaxPayloadBytes"/>. What was stored before stays.</summary>
public sealed class SessionTooLargeException : InvalidOperationException
{
    internal SessionTooLargeException(string driver, long size, int limit)
        : base(string.Create(CultureInfo.InvariantCulture, $"The session would take {size} bytes on driver '{driver}'; at most {limit} are allowed (MaxPayloadBytes). Nothing was saved. Store less, raise the limit, or use a driver with a server side."))
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>What the variables and flash variables would take, in bytes.</summary>
    public long Size { get; }

    /// <summary>What they may take, in bytes.</summary>
    public int Limit { get; }
}
