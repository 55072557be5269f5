using System.Text.RegularExpressions;

namespace FuelSessions.Tests.Servers;

/// <summary>The permissions that docs/redis.md gives the app's user; it is a resource of the test assembly.</summary>
internal static partial class RedisPermissions
{
    /// <summary>All rules of the lines of that block whose comment has one of these words, and of those without a comment.</summary>
    internal static string[] For(params string[] parts)
    {
        using var reader = new StreamReader(typeof(RedisPermissions).Assembly.GetManifestResourceStream("redis.md")!);
        return [.. Line().Matches(reader.ReadToEnd())
            .Where(line => !line.Groups["part"].Success || parts.Any(part => line.Groups["part"].Value.Contains(part, StringComparison.Ordinal)))
            .SelectMany(line => line.Groups["rules"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }

    [GeneratedRegex(@"^ACL SETUSER app (?<rules>[^#\n]*)(?:# (?<part>.*))?$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
