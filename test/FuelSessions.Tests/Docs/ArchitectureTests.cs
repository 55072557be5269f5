using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FuelSessions.Engine;
using FuelSessions.Tests.Docs.Architecture;

namespace FuelSessions.Tests.Docs;

/// <summary>docs/architecture.md shows what there is, and what there is keeps its direction.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Rooms Source = Rooms.Read();

    [Fact]
    public void Each_room_knows_only_those_below_it() => Assert.DoesNotContain(Source.Reasons, reason =>
    {
        string[] ends = reason.Split([" -> ", ": "], StringSplitOptions.None);
        return Array.IndexOf(Rooms.Order, ends[0]) > Array.IndexOf(Rooms.Order, ends[1]);
    });

    [Fact]
    public void Nothing_in_the_engine_and_below_it_knows_http() => Assert.DoesNotContain(Source.Files, file =>
        (file.Room is "Values" or "Records" || file.Room.StartsWith("Engine", StringComparison.Ordinal))
        && file.Uses.Any(use => use.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)));

    [Fact]
    public void Drivers_are_leaves()
    {
        Assert.All(Rooms.Order.Where(room => room is not ("Hosting" or "Drivers")), room => Assert.False(Source.Knows(room, "Drivers"), room));
        Assert.All(Source.Projects().Where(project => project.Project is "FuelSessions.Redis" or "FuelSessions.Memcached" or "FuelSessions.EntityFrameworkCore"), project => Assert.Equal(["FuelSessions"], project.Knows));
        Assert.Empty(Source.Projects().Single(project => project.Project == "FuelSessions").Knows);
    }

    [Fact]
    public void The_engine_is_of_small_files_and_classes()
    {
        Assert.All(Source.Files.Where(file => file.Room.StartsWith("Engine", StringComparison.Ordinal)), file => Assert.True(file.Lines <= 200, $"{file.Name} has {file.Lines} lines."));
        Assert.All(
            typeof(SessionTransaction).Assembly.GetTypes().Where(type => type.Namespace == typeof(SessionTransaction).Namespace && !type.IsEnum && !IsOfCompiler(type)),
            type => Assert.True(Fields(type) <= 8, $"{type.Name} has {Fields(type)} fields."));

        // Its names are none that could be written; without optimization, the state of a method that waits is a class as well.
        static bool IsOfCompiler(Type type) => type.Name.StartsWith('<') || type.IsDefined(typeof(CompilerGeneratedAttribute));

        static int Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Length;
    }

    /// <summary>build/architecture.sh draws it.</summary>
    [Fact]
    public void The_picture_is_of_what_there_is()
    {
        string page = Path.Join(Source.Root, "docs", "architecture.md");
        string text = File.ReadAllText(page);
        string drawn = Picture().Replace(text, "${1}" + Source.Picture().Replace("$", "$$", StringComparison.Ordinal) + "${2}");
        if (Environment.GetEnvironmentVariable("DRAW_ARCHITECTURE") is not null)
        {
            File.WriteAllText(page, drawn);
        }

        Assert.Equal(drawn, File.ReadAllText(page));
    }

    [Fact]
    public void Each_rule_of_the_protocol_leads_to_where_it_is_decided()
    {
        string protocol = File.ReadAllText(Path.Join(Source.Root, "docs", "protocol.md"));
        string[] rules = [.. Rule().Matches(protocol).Select(match => match.Groups[1].Value)];
        Assert.True(rules.Length > 30, "The rules were not found.");
        Assert.All(rules, rule =>
        {
            Match row = Regex.Match(protocol, $@"^\| {rule} \| .*\]\(\.\./([^)]+)\)", RegexOptions.Multiline);
            Assert.True(row.Success, $"{rule} is in no row of the table that says where it is decided.");
            foreach (Match link in Link().Matches(protocol[row.Index..(row.Index + row.Length)]))
            {
                Assert.Contains(rule, Numbers(File.ReadAllText(Path.Join(Source.Root, link.Groups[1].Value))));
            }
        });
    }

    // As in [R1–R5, W7].
    private static IEnumerable<string> Numbers(string code) => Named().Matches(code).SelectMany(match => match.Groups[1].Value.Split(", ")).SelectMany(named =>
    {
        string[] ends = named.Split('–');
        return ends.Length == 1 ? ends : Enumerable.Range(int.Parse(ends[0][1..]), int.Parse(ends[1][1..]) - int.Parse(ends[0][1..]) + 1).Select(number => $"{named[0]}{number}");
    });

    [GeneratedRegex(@"(<!-- drawn by build/architecture\.sh -->\n```\n).*?(```\n)", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex(@"^- \*\*([ARWCFB]\d+)\*\* ", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"\]\(\.\./([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[((?:[ARWCFB]\d+(?:–[ARWCFB]\d+)?(?:, )?)+)\]")]
    private static partial Regex Named();
}
