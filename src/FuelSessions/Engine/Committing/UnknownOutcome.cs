using System.Data.Common;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>Tells failed writes whose outcome nobody knows from those of which nothing is stored.</summary>
internal static class UnknownOutcome
{
    /// <param name="error">What a driver's write ended with. Whatever is not certain is unknown.</param>
    internal static bool Is(Exception error) => error switch
    {
        SessionStoreException failure => failure.IsOutcomeUnknown,
        InvalidOperationException or ArgumentException or NotSupportedException or SessionRecordFormatException => false,

        // A database that answers by a SQLSTATE has refused, but for connections that broke (08), a server that ends (57P), and its own not knowing.
        DbException { SqlState: { } state } => state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) || state == "40003",
        _ => true,
    };
}
