using System.Data;
using System.Data.Common;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>Where a context has its connection that stays open, beside its own.</summary>
internal sealed class StandingPlace(DatabaseFile file)
{
    private StandingConnection? _standing;

    /// <summary>Whether many share a transaction on it.</summary>
    internal bool IsShared => _standing is { IsInTransaction: true };

    /// <param name="own">The context's own; nothing stands beside one that is open.</param>
    /// <returns>One that leads to the file that is there by now, or the one that is shared. Null: there is no file, or it was just replaced.</returns>
    internal StandingConnection? Beside(DbConnection own)
    {
        if (IsShared)
        {
            // To its end, whatever becomes of the file.
            return _standing;
        }

        if (own.State != ConnectionState.Closed)
        {
            return null;
        }

        if (_standing is { IsCurrent: false })
        {
            Clear();
        }

        return _standing ??= StandingConnection.TryOpen(file, own);
    }

    /// <summary>Closes it, and undoes what is not committed.</summary>
    internal void Clear()
    {
        _standing?.Dispose();
        _standing = null;
    }
}
