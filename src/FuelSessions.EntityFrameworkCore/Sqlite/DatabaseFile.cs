using System.Data;
using System.Data.Common;
using System.Reflection;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// The file that contexts of FuelSessions' own work on, where the system can tell which one its path leads to (Linux). Whoever has it open goes on with it when it is deleted or replaced, and so
/// does the provider's pool of connections, which is emptied when another file is there than before.
/// </summary>
internal sealed class DatabaseFile
{
    private const string Pooling = "Pooling";
    private const string DataDirectory = "DataDirectory";
    private const string InDataDirectory = $"|{DataDirectory}|";

    private readonly string _path;
    private readonly string _connectionString;
    private readonly Lock _gate = new();
    private FileNumber? _pooled;

    private DatabaseFile(string path, string connectionString) => (_path, _connectionString) = (path, connectionString);

    /// <summary>Which one is there now; null if none is.</summary>
    internal FileNumber? Current => FileNumber.Of(_path);

    /// <returns>Null if connections to it are not to be kept, it is no file, or SQLite gives a new connection what an older one has open.</returns>
    internal static DatabaseFile? Of(DbConnection connection)
    {
        DbConnectionStringBuilder settings = SettingsOf(connection);
        return OperatingSystem.IsLinux()
            && !IsInMemory(connection)
            && !IsUri(connection.DataSource)
            && !Say(settings, "Cache", "Shared") && !Say(settings, Pooling, bool.FalseString)
                ? new DatabaseFile(Located(connection.DataSource), connection.ConnectionString)
                : null;
    }

    /// <summary>Whether it is in no file, or in one that has no name, and ends with the last connection to it.</summary>
    internal static bool IsInMemory(DbConnection connection) =>
        connection.DataSource is "" or ":memory:"
        || (IsUri(connection.DataSource) && (connection.DataSource.Contains(":memory:", StringComparison.Ordinal) || connection.DataSource.Contains("mode=memory", StringComparison.Ordinal)))
        || Say(SettingsOf(connection), "Mode", "Memory");

    /// <returns>The settings of a connection like this one, which is no pool's.</returns>
    internal static string Unpooled(DbConnection connection)
    {
        DbConnectionStringBuilder settings = SettingsOf(connection);
        settings[Pooling] = bool.FalseString;
        return settings.ConnectionString;
    }

    /// <summary>To be called before a connection is opened: the pool has none to another file then, as those that are being used do not come back to it.</summary>
    internal void Renew(DbConnection connection)
    {
        // EF makes others, with a pool of their own or none, to see whether there is a database.
        if (connection.State != ConnectionState.Closed || connection.ConnectionString != _connectionString)
        {
            return;
        }

        // Whoever comes meanwhile waits until it is empty.
        lock (_gate)
        {
            FileNumber? current = Current;
            if (current != _pooled)
            {
                ClearPool(connection);
                _pooled = current;
            }
        }
    }

    // Each provider has its own, of which System.Data knows nothing.
    private static void ClearPool(DbConnection connection) =>
        connection.GetType().GetMethod("ClearPool", BindingFlags.Public | BindingFlags.Static, [connection.GetType()])?.Invoke(null, [connection]);

    private static bool IsUri(string source) => source.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    // As the provider does it.
    private static string Located(string path)
    {
        string folder = AppDomain.CurrentDomain.GetData(DataDirectory) as string ?? "";
        bool isNamed = folder.Length > 0 && path.StartsWith(InDataDirectory, StringComparison.OrdinalIgnoreCase);
        return Path.GetFullPath(Path.Combine(folder, isNamed ? path[InDataDirectory.Length..] : path));
    }

    private static bool Say(DbConnectionStringBuilder settings, string name, string value) =>
        settings.TryGetValue(name, out object? given) && string.Equals(given as string, value, StringComparison.OrdinalIgnoreCase);

    private static DbConnectionStringBuilder SettingsOf(DbConnection connection) => new() { ConnectionString = connection.ConnectionString };
}
