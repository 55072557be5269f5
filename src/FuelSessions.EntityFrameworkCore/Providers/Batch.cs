namespace FuelSessions.EntityFrameworkCore.Providers;

/// <summary>The first so many rows of a table in the order of one column, if they meet a condition; to be removed.</summary>
internal sealed record Batch(string Table, string Key, string Order, string Condition, string Limit)
{
    /// <summary>Picked first; the condition is asked a second time of the row itself, which another writer may have replaced since it was picked.</summary>
    internal string ByKey(string? first = null, string? last = null, string? end = null)
    {
        string select = first is null ? "SELECT" : $"SELECT {first}({Limit})";
        string limit = last is null ? "" : $" {last} {Limit}";
        return $"DELETE FROM {Table} WHERE {Key} IN ({select} {Key} FROM {Table} WHERE {Condition} ORDER BY {Order}{limit}{(end is null ? "" : $" {end}")}) AND {Condition}";
    }

    internal string InOrder() => $"DELETE FROM {Table} WHERE {Condition} ORDER BY {Order} LIMIT {Limit}";
}
