using System.Security.Cryptography;

namespace FuelSessions.Fuzz.Running;

/// <summary>An input that breaks a promise, as a file to replay: its name says which target it is for.</summary>
internal static class Failure
{
    internal static void Report(string folder, string target, ReadOnlySpan<byte> input, string what)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Join(Path.GetFullPath(folder), $"{target}.{Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 6))}");
        File.WriteAllBytes(path, input);
        Console.WriteLine($"{target}: FAILED on an input of {input.Length} bytes: {what}");
        Console.WriteLine($"  replay: build/fuzz.sh --replay {path}");
        Console.WriteLine($"  once it is mended, add to test/FuelSessions.Fuzz/Corpus/{target}.txt what `base64 -w0` makes of that file, below a line that begins with # and says what was wrong");
        if (input.Length <= 256)
        {
            Console.WriteLine($"  {Convert.ToBase64String(input)}");
        }
    }

    internal static string TargetOf(string path) => Path.GetFileName(path).Split('.')[0];
}
