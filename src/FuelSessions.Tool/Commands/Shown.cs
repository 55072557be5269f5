using System.Globalization;
using FuelSessions.Records;
using FuelSessions.Tool.Stores;

namespace FuelSessions.Tool.Commands;

/// <summary>What the tool shows of a session: never its key, nor anything an id could be made of.</summary>
internal sealed record Shown(string Fingerprint, string? Principal, DateTimeOffset? Created, DateTimeOffset? Updated, DateTimeOffset Expires, int Size, bool IsReadable)
{
    internal static Shown Of(StoredEntry entry) => new(
        entry.Key.Fingerprint, entry.Record?.Principal, entry.Record?.Created, entry.Record?.Updated, entry.Expires, entry.Size, entry.Record is not null);

    internal static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
