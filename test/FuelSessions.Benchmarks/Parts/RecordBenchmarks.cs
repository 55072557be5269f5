using System.Buffers;
using BenchmarkDotNet.Attributes;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>The record's way to and from the bytes that drivers store.</summary>
public class RecordBenchmarks
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private SessionRecord _record = null!;
    private byte[] _encoded = null!;

    [Params(0, 200, 4096)]
    public int DataBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _record = SampleRecord.Of(new byte[DataBytes]);
        _encoded = SessionRecordFormat.Encode(_record);
    }

    [Benchmark]
    public int EncodeIntoABuffer()
    {
        _buffer.ResetWrittenCount();
        SessionRecordFormat.Encode(_record, _buffer);
        return _buffer.WrittenCount;
    }

    [Benchmark]
    public byte[] EncodeIntoAnArray() => SessionRecordFormat.Encode(_record);

    [Benchmark]
    public SessionRecord Decode() => SessionRecordFormat.Decode(_record.Key, _encoded);
}
