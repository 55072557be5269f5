using System.Reflection;
using System.Text.RegularExpressions;

namespace FuelSessions.Packages.Tests.Feed;

/// <summary>The checkout that the tests were built from: its scripts, its central versions, the code in its documents.</summary>
internal static partial class Repository
{
    internal static string Folder { get; } = Metadata("Repository");

    /// <summary>Whether what pack.sh packs was built with these tests.</summary>
    internal static bool IsBuiltAsPacked { get; } = Metadata("Configuration") == "Release";

    internal static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>The first C# that a document shows, from that heading on.</summary>
    internal static string Sample(string document, string heading = "")
    {
        string text = Read(document);
        Match sample = FirstSample().Match(text, text.IndexOf(heading, StringComparison.Ordinal));
        return sample.Success ? sample.Groups[1].Value : throw new InvalidOperationException($"{document} shows no C# below '{heading}'.");
    }

    /// <summary>The first block of that language.</summary>
    internal static string Block(string document, string language) =>
        Regex.Match(Read(document), $"```{language}\\r?\\n(.*?)```", RegexOptions.Singleline) is { Success: true } block
            ? block.Groups[1].Value
            : throw new InvalidOperationException($"{document} shows no {language}.");

    /// <summary>A package's version as the project uses it.</summary>
    internal static string Version(string package)
    {
        Match version = Regex.Match(Read("Directory.Packages.props"), $"Include=\"{Regex.Escape(package)}\" Version=\"([^\"]+)\"");
        return version.Success ? version.Groups[1].Value : throw new InvalidOperationException($"Directory.Packages.props names no version of {package}.");
    }

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key).Value!;

    [GeneratedRegex("```csharp\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstSample();
}
