using BenchmarkDotNet.Attributes;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>What every request does with the id that it brings, and a rotation with the next one.</summary>
public class IdBenchmarks
{
    private readonly SessionId _id = new(SessionKey.Create(), SessionSecret.Create());
    private readonly RotationNonce _nonce = RotationNonce.Create();
    private readonly string _text;

    public IdBenchmarks() => _text = _id.Encode();

    [Benchmark]
    public bool Parse() => SessionId.TryParse(_text, out _);

    [Benchmark]
    public string Encode() => _id.Encode();

    [Benchmark]
    public SecretHash HashTheSecret() => _id.Secret.Hash();

    [Benchmark]
    public SecretHash DeriveTheNextSecretAndHashIt() => _id.Secret.Next(_nonce).Hash();
}
