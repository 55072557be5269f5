using System.Data.Common;

namespace FuelSessions.Tests.Databases;

/// <summary>An error with the marks that the providers leave on theirs.</summary>
internal sealed class ProviderError : DbException
{
    private ProviderError(string message, string? sqlState = null)
        : base(message) => SqlState = sqlState;

    public override string? SqlState { get; }

    internal static ProviderError PostgreSql(string state) => new($"{state}: no", state);

    internal static ProviderError SqlServer(string number) => new("no") { Data = { ["HelpLink.EvtID"] = number } };

    internal static ProviderError MySql(int number) => new("no") { Data = { ["Server Error Code"] = number } };

    internal static ProviderError Sqlite(int code) => new($"SQLite Error {code}: 'no'.");
}
