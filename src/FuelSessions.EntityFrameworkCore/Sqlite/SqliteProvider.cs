using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>Tells contexts on SQLite from others.</summary>
internal static class SqliteProvider
{
    private const string Name = "Microsoft.EntityFrameworkCore.Sqlite";

    // A model is one provider's. EF looks the name up among its services each time, which takes longer than opening a pooled connection.
    private static readonly ConditionalWeakTable<IModel, object> ByModel = [];

    internal static bool Has(DbContext context) =>
        ByModel.TryGetValue(context.Model, out object? isSqlite) ? isSqlite is true : Ask(context);

    private static bool Ask(DbContext context)
    {
        bool isSqlite = context.Database.ProviderName == Name;
        ByModel.AddOrUpdate(context.Model, isSqlite);
        return isSqlite;
    }
}
