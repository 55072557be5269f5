using FuelSessions.EntityFrameworkCore.Trial;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>The tables of the db driver.</summary>
internal static class SessionTables
{
    internal static TableSet All { get; } = new(
        [typeof(SessionRow), typeof(DataProtectionKeyRow)],
        row => row == typeof(SessionRow) ? "session driver 'db'" : "the Data Protection keys of session driver 'db'",
        Ensure: "EnsureFuelSessionsCreatedAsync",
        Use: "AddDbDriver",
        AddToModel: "AddFuelSessions",
        Model: model => model.AddFuelSessions(),
        Trial: now => new SessionTrialRow(now));
}
