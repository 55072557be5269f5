namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>The names of the key ring table's columns.</summary>
internal static class DataProtectionKeyColumns
{
    internal const string Id = "id";
    internal const string FriendlyName = "friendly_name";
    internal const string Xml = "xml";
}
