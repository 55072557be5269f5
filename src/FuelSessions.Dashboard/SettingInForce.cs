namespace FuelSessions.Dashboard;

/// <param name="From"><c>default</c>, <c>code</c>, or what of the configuration it was read from.</param>
internal sealed record SettingInForce(string Name, string Value, string From);
