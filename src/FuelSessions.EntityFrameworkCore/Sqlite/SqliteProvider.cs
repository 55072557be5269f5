using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>Tells contexts on SQLite from others.</summary>
internal static class SqliteProvider
{
    private const string Name = "Microsoft.EntityFrameworkCore.Sqlite";

    // A model is one provider's. EF looks its own up among the services each time, which takes longer than opening a pooled connection.
    private static readonly ConditionalWeakTable<IModel, object> ByModel = [];
    private static readonly object Yes = new();
    private static readonly object No = new();

    internal static bool Has(DbContext context) =>
        ReferenceEquals(
            ByModel.TryGetValue(context.Model, out object? known)
                ? known
                : ByModel.GetValue(context.Model, _ => context.Database.ProviderName == Name ? Yes : No),
            Yes);
}
