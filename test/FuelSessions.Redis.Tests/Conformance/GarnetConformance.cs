using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Conformance;

[Collection(GarnetCollection.Name)]
public sealed class GarnetConformance(GarnetServer garnet) : RedisDriverConformance
{
    protected override string Redis => garnet.Server.Configuration;
}
