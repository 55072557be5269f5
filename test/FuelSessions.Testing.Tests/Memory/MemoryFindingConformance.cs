using FuelSessions.Drivers;

namespace FuelSessions.Testing.Tests.Memory;

public sealed class MemoryFindingConformance : PrincipalFindingConformance
{
    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) =>
        ValueTask.FromResult<ISessionDriver>(new MemorySessionDriver(clock, maxSessions: 1000));
}
