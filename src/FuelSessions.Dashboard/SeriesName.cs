namespace FuelSessions.Dashboard;

/// <summary>What one line of a plot shows.</summary>
/// <param name="Part">The kind of an event, the operation of a call, what became of a device's binding and why; empty for others.</param>
internal sealed record SeriesName(string Instrument, string Driver, string Part);
