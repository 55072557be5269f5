using FuelSessions.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.EntityFrameworkCore.Schema;

/// <summary>The one table of stored tokens.</summary>
internal static class TokenTables
{
    internal static TableSet All { get; } = new(
        [typeof(TokenRow)],
        _ => "the token sessions",
        Ensure: "EnsureTokenSessionsCreatedAsync",
        Use: "UseDb",
        AddToModel: "AddTokenSessions",
        Model: model => model.AddTokenSessions(),
        Trial: now => new TokenTrialRow(now));
}
