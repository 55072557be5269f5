namespace FuelSessions.Dashboard;

/// <summary>Marks the endpoints of the dashboard.</summary>
internal sealed class DashboardEndpoint;
