using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using FuelSessions.Engine;
using FuelSessions.Memcached;
using FuelSessions.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tests.Docs;

/// <summary>What the documents list is all that there is, and where they point to something, it is there.</summary>
public sealed partial class DocumentTests
{
    private static readonly Assembly[] Packages =
    [
        typeof(Session).Assembly, typeof(MemcachedDriverOptions).Assembly, typeof(TokenSession).Assembly,
        Assembly.Load("FuelSessions.Redis"), Assembly.Load("FuelSessions.EntityFrameworkCore"),
        Assembly.Load("FuelSessions.Tokens.Redis"), Assembly.Load("FuelSessions.Tokens.EntityFrameworkCore"),
    ];

    public static TheoryData<string> Documents => [.. All.Keys];

    public static TheoryData<string> Settings => [.. typeof(FuelSessionsOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];

    private static Dictionary<string, string> All { get; } = Read();

    [Theory]
    [MemberData(nameof(Documents))]
    public void Each_link_leads_somewhere(string document)
    {
        string folder = Path.GetDirectoryName(document)!;
        foreach (string link in Link().Matches(WithoutCode(All[document])).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#', 2);
            string target = parts[0].Length == 0 ? document : Path.GetRelativePath("/", Path.GetFullPath(parts[0], Path.Join("/", folder)));
            if (target.EndsWith(".md", StringComparison.Ordinal))
            {
                Assert.True(All.TryGetValue(target, out string? text), $"{document} links to {link}, which is not there.");
                Assert.True(parts.Length == 1 || Anchors(text!).Contains(parts[1]), $"{document} links to {link}; {target} has no such heading.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Each_setting_is_in_the_table_of_the_readme(string setting)
    {
        // What can't be written into a configuration file is told elsewhere.
        string where = setting switch
        {
            nameof(FuelSessionsOptions.SerializerOptions) => All["README.md"],
            _ => Section(All["README.md"], "## Configuration"),
        };
        Assert.Matches($@"`[^`]*\b{setting}\b[^`]*`", where);
    }

    [Theory]
    [InlineData(nameof(FuelSessionsOptions.Driver), "driver", "file")]
    [InlineData(nameof(FuelSessionsOptions.ExpirationTime), "expiration_time", "2 h")]
    [InlineData(nameof(FuelSessionsOptions.AbsoluteExpiration), "–", "a day, or 12 times the session's idle time if that is longer")]
    [InlineData(nameof(FuelSessionsOptions.ExpireOnClose), "expire_on_close", "true")]
    [InlineData(nameof(FuelSessionsOptions.RotationTime), "rotation_time", "5 min")]
    public void The_table_has_the_default(string setting, string fuelName, string told) =>
        Assert.Contains($"| `{setting}` | {fuelName} | {told} |", Section(All["README.md"], "## Configuration"), StringComparison.Ordinal);

    [Fact]
    public void The_tests_that_prove_what_is_claimed_are_there()
    {
        string[] files = [.. typeof(DocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "TestFiles").Value!.Split(' ')];
        string[] named = [.. TestClass().Matches(All["docs/security.md"]).Select(match => match.Groups[1].Value).Distinct()];
        Assert.InRange(named.Length, 15, 100);
        Assert.All(named, name => Assert.Contains(name, files));
    }

    [Fact]
    public void Each_kind_of_event_is_in_the_table()
    {
        Assert.All(Enum.GetNames<SessionEventKind>(), kind => Assert.Contains($"| `{kind}` |", All["docs/diagnostics.md"], StringComparison.Ordinal));
    }

    [Fact]
    public void Each_log_number_is_told_and_belongs_to_one_message()
    {
        int[] numbers = [.. Packages
            .SelectMany(package => package.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>()];
        string told = All["docs/diagnostics.md"] + All["docs/memcached.md"];

        Assert.InRange(numbers.Length, 25, 200);
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.Matches($@"\b{number}\b", told));
    }

    [Fact]
    public void Each_instrument_of_the_meter_is_in_the_table()
    {
        // Apps of other tests publish theirs meanwhile.
        var instruments = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == SessionDiagnostics.MeterName)
                {
                    instruments.TryAdd(instrument.Name, true);
                }
            },
        };
        listener.Start();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddFuelSessions();
        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<SessionDiagnostics>();

        string[] ours = [.. instruments.Keys];
        Assert.InRange(ours.Length, 10, 50);
        Assert.All(ours, name => Assert.Contains($"`{name}`", All["docs/diagnostics.md"], StringComparison.Ordinal));
    }

    /// <summary>Pieces are in the code of some test project, word for word; whole programs are apps of FuelSessions.Packages.Tests.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Each_sample_is_compiled(string document)
    {
        string[] programs = ["README.md", "docs/databases.md", "docs/forms.md"];
        string[] samples = [.. Sample().Matches(All[document]).Select(sample => sample.Groups[1].Value)];
        Assert.All(samples, sample => Assert.True(
            (programs.Contains(document) && sample.Contains("WebApplication.CreateBuilder(args)", StringComparison.Ordinal)) || Compiled.Contains(Trimmed(sample), StringComparison.Ordinal),
            $"{document} shows what no test compiles: {sample}"));
    }

    [Fact]
    public void Each_page_is_in_the_index() =>
        Assert.All(All.Keys.Where(page => page.StartsWith("docs/", StringComparison.Ordinal) && page != "docs/index.md"), page => Assert.Contains($"]({page["docs/".Length..]}", All["docs/index.md"], StringComparison.Ordinal));

    [Fact]
    public void Each_span_is_in_the_table() =>
        Assert.All([SessionSpans.Load, SessionSpans.Save, SessionSpans.Touch, SessionSpans.End], span => Assert.Contains($"| `{span}` |", All["docs/diagnostics.md"], StringComparison.Ordinal));

    private static string Compiled { get; } = string.Concat(typeof(DocumentTests).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("compiled/", StringComparison.Ordinal))
        .Select(name =>
        {
            using var reader = new StreamReader(typeof(DocumentTests).Assembly.GetManifestResourceStream(name)!);
            return Trimmed(reader.ReadToEnd());
        }));

    private static string Trimmed(string code) => string.Concat(code
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith("using ", StringComparison.Ordinal) || !line.EndsWith(';') || line.Contains('='))
        .Select(line => line + "\n"));

    private static Dictionary<string, string> Read()
    {
        Assembly assembly = typeof(DocumentTests).Assembly;
        var documents = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".md", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            documents.Add(name.Replace('\\', '/'), reader.ReadToEnd());
        }

        return documents;
    }

    private static string Section(string text, string heading)
    {
        int start = text.IndexOf(heading, StringComparison.Ordinal);
        int end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return text[start..(end < 0 ? text.Length : end)];
    }

    private static string WithoutCode(string text) => Fence().Replace(text, "");

    // As code hosts make them of headings: lower case, spaces to hyphens, other punctuation dropped.
    private static IEnumerable<string> Anchors(string text) => Heading().Matches(WithoutCode(text))
        .Select(match => NoAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("```csharp\\r?\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6} (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
