using System.Globalization;
using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>What it would cost to compress what a session holds, a basket of articles, before it is stored; and what it would save, on the console.</summary>
public class CompressionBenchmarks
{
    private readonly byte[] _output = new byte[128 * 1024];
    private byte[] _plain = [];
    private byte[] _deflated = [];
    private byte[] _brotli = [];

    [Params(1024, 4096, 16384)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var basket = new StringBuilder("[");
        string[] words = ["blue", "cotton", "shirt", "large", "wooden", "table", "lamp", "with", "shade", "small", "garden", "chair", "steel", "green", "kettle"];
        while (basket.Length < Bytes)
        {
            string name = string.Join(' ', Enumerable.Range(0, 4).Select(_ => words[random.Next(words.Length)]));
            basket.Append(CultureInfo.InvariantCulture, $"{{\"article\":\"{random.Next():x8}\",\"name\":\"{name}\",\"price\":{random.Next(100, 99_999)},\"count\":{random.Next(1, 5)}}},");
        }

        _plain = Encoding.UTF8.GetBytes(basket.ToString(0, Bytes));
        _deflated = _output[..Deflate()];
        _brotli = _output[..Brotli()];
        Console.WriteLine($"// {Bytes} bytes: deflate {_deflated.Length}, brotli {_brotli.Length}");
    }

    [Benchmark]
    public int Deflate()
    {
        using var output = new MemoryStream(_output);
        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(_plain);
        }

        return (int)output.Position;
    }

    [Benchmark]
    public int Inflate()
    {
        using var inflate = new DeflateStream(new MemoryStream(_deflated), CompressionMode.Decompress);
        return inflate.ReadAtLeast(_output, _plain.Length);
    }

    [Benchmark]
    public int Brotli() => BrotliEncoder.TryCompress(_plain, _output, out int written, quality: 1, window: 18) ? written : 0;

    [Benchmark]
    public int Unbrotli() => BrotliDecoder.TryDecompress(_brotli, _output, out int written) ? written : 0;
}
