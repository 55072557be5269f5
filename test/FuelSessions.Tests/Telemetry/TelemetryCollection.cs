namespace FuelSessions.Tests.Telemetry;

/// <summary>Whoever listens to a source of spans hears the whole process: these tests run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryCollection
{
    public const string Name = "telemetry";
}
