using System.Data.Common;

namespace FuelSessions.EntityFrameworkCore.Providers;

/// <summary>What a connection string says, without referencing the provider that it is for.</summary>
internal static class ConnectionText
{
    // Both names that Connector/NET has for it.
    private static readonly string[] Batches = ["AllowBatch", "Allow Batch"];

    /// <summary>Whether one command may not hold several statements.</summary>
    internal static bool ForbidsBatches(string? text)
    {
        DbConnectionStringBuilder settings;
        try
        {
            settings = new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            // The provider may take it, or says what is wrong with it.
            return false;
        }

        return Batches.Any(name => settings.TryGetValue(name, out object? value)
            && value.ToString()!.Trim() is var said
            && (said.Equals("false", StringComparison.OrdinalIgnoreCase) || said.Equals("no", StringComparison.OrdinalIgnoreCase) || said is "0"));
    }
}
