namespace FuelSessions.Dashboard;

/// <param name="IsDefault">Whether it is the one that is used where none is named.</param>
internal sealed record DriverSettings(string Driver, bool IsDefault, IReadOnlyList<SettingInForce> All);
