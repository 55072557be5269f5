using BenchmarkDotNet.Attributes;
using FuelSessions.Records;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>The cookie's protection. Ids that were seen lately are remembered; these show what that saves.</summary>
public class ProtectionBenchmarks
{
    // Far more than are remembered.
    private const int Many = 32 * 1024;

    private readonly IdProtector _protector = new(new EphemeralDataProtectionProvider(), "benchmark", TimeProvider.System);
    private readonly SessionId[] _ids = new SessionId[Many];
    private readonly string[] _texts = new string[Many];
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        for (int index = 0; index < Many; index++)
        {
            _ids[index] = new SessionId(SessionKey.Create(), SessionSecret.Create());
            _texts[index] = _protector.ProtectId(_ids[index], "sid").ToString();
        }
    }

    [Benchmark]
    public string ProtectAnId() => _protector.ProtectId(_ids[Next()], "sid").ToString();

    [Benchmark]
    public string ProtectAnIdSentAMomentAgo() => _protector.ProtectId(_ids[0], "sid").ToString();

    [Benchmark]
    public bool ReadAnId() => _protector.TryReadId(_texts[Next()], "sid", out _);

    [Benchmark]
    public bool ReadAnIdSeenAMomentAgo() => _protector.TryReadId(_texts[0], "sid", out _);

    [Benchmark]
    public bool RefuseGarbage() => _protector.TryReadId("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sid", out _);

    private int Next() => _next = (_next + 1) & (Many - 1);
}
