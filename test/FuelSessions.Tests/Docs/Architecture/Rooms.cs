using System.Text;
using System.Text.RegularExpressions;

namespace FuelSessions.Tests.Docs.Architecture;

/// <summary>The rooms of the source, and which of them knows which: read from the source and the project files, so that it can't be another.</summary>
internal sealed partial class Rooms
{
    // Whoever is further up knows those below, and none of them knows back.
    internal static readonly string[] Order =
    [
        "Hosting", "Drivers", "Engine", "Engine/Committing", "Engine/Planning", "Engine/Intent", "Engine/View", "Engine/Admission", "Engine/Reporting", "Engine/Rules",
        "Contract", "Configuration", "Values", "Records", "Words",
    ];

    private readonly Dictionary<string, SortedSet<string>> _knows = Order.ToDictionary(room => room, _ => new SortedSet<string>(StringComparer.Ordinal));

    private Rooms(string root)
    {
        Root = root;
        string source = Path.Join(root, "src", "FuelSessions");
        Files = [.. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(path => new SourceFile(Path.GetRelativePath(source, path).Replace('\\', '/'), File.ReadAllLines(path)))
            .Where(file => !file.Name.StartsWith("obj/", StringComparison.Ordinal) && !file.Name.StartsWith("bin/", StringComparison.Ordinal))];
        ILookup<string, SourceFile> declared = Files.SelectMany(file => file.Declared.Select(type => (type, file))).ToLookup(entry => entry.type, entry => entry.file);
        foreach (SourceFile file in Files)
        {
            foreach (SourceFile known in file.Mentioned.SelectMany(type => declared[type]).Where(known => known.Room != file.Room))
            {
                _knows[file.Room].Add(known.Room);
                Reasons.Add($"{file.Room} -> {known.Room}: {file.Name} mentions {known.Name}");
            }
        }
    }

    internal string Root { get; }

    internal IReadOnlyList<SourceFile> Files { get; }

    internal SortedSet<string> Reasons { get; } = new(StringComparer.Ordinal);

    internal static Rooms Read() => new(typeof(Rooms).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(data => data.Key == "Root").Value!);

    internal bool Knows(string room, string other) => _knows[room].Contains(other);

    /// <summary>Each package with those of its own that it builds on.</summary>
    internal IEnumerable<(string Project, string[] Knows)> Projects() => Directory.EnumerateFiles(Path.Join(Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}Samples{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(path => (Path.GetFileNameWithoutExtension(path), Reference().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToArray()));

    /// <summary>A row for each room, and a column for each: whom a room knows lies to the right of the diagonal.</summary>
    internal string Picture()
    {
        var text = new StringBuilder();
        text.Append(' ', 26).AppendLine(string.Join(' ', Enumerable.Range(1, Order.Length).Select(number => $"{number,2}")));
        foreach ((int row, string room) in Order.Index())
        {
            string name = room.StartsWith("Engine/", StringComparison.Ordinal) ? "  " + room[7..] : room;
            text.Append($"{row + 1,2}  {name,-21} ");
            text.AppendLine(string.Join(' ', Order.Select((other, column) => column == row ? " \\" : Knows(room, other) ? " x" : " .")));
        }

        text.AppendLine();
        foreach ((string project, string[] knows) in Projects())
        {
            text.AppendLine($"{project,-40}{(knows.Length == 0 ? "" : "-> " + string.Join(", ", knows))}".TrimEnd());
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    [GeneratedRegex("""ProjectReference Include="[^"]*/([^/"]+)\.csproj""")]
    private static partial Regex Reference();

    /// <summary>One file of the core package.</summary>
    internal sealed partial class SourceFile
    {
        internal SourceFile(string name, string[] lines)
        {
            Name = name;
            Lines = lines.Length;
            string code = Text().Replace(Comment().Replace(string.Join('\n', lines), ""), "\"\"");
            Uses = [.. Using().Matches(code).Select(match => match.Groups[1].Value)];
            Declared = [.. TopDeclaration().Matches(code).Select(match => match.Groups[1].Value).Distinct()];
            Mentioned = [.. Word().Matches(code).Select(match => match.Value).Distinct().Except(AnyDeclaration().Matches(code).Select(match => match.Groups[1].Value))];
            Room = RoomOf(name, isPublic: code.Contains("\npublic ", StringComparison.Ordinal));
        }

        internal string Name { get; }

        internal int Lines { get; }

        internal string Room { get; }

        internal string[] Uses { get; }

        internal string[] Declared { get; }

        internal string[] Mentioned { get; }

        private static string RoomOf(string name, bool isPublic)
        {
            string[] parts = name.Split('/');
            return parts switch
            {
                ["Engine", var room, _] => "Engine/" + room,
                ["Engine", "View", "Changes", _] => "Engine/View",

                // What a driver implements, and what the engine uses of it.
                ["Drivers", _] => isPublic ? "Contract" : "Drivers",

                // What the app holds is served by the request; exceptions, events and the like know nobody.
                [var file] => file.StartsWith("Session.", StringComparison.Ordinal) || file.StartsWith("SessionPath", StringComparison.Ordinal) || file == "ISessionStore.cs" ? "Hosting" : "Words",
                [var folder, ..] => Array.IndexOf(Order, folder) >= 0 ? folder : "Hosting",
                _ => throw new InvalidOperationException(name),
            };
        }

        [GeneratedRegex("//.*")]
        private static partial Regex Comment();

        [GeneratedRegex("""
            "(\\.|[^"\\\n])*"
            """, RegexOptions.IgnorePatternWhitespace)]
        private static partial Regex Text();

        [GeneratedRegex(@"^using (?:static )?([\w.]+)", RegexOptions.Multiline)]
        private static partial Regex Using();

        [GeneratedRegex(@"^(?:public|internal)[\w ]*\b(?:class|struct|interface|enum|record(?: struct)?)\s+([A-Z]\w*)", RegexOptions.Multiline)]
        private static partial Regex TopDeclaration();

        [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?: struct)?)\s+([A-Z]\w*)")]
        private static partial Regex AnyDeclaration();

        [GeneratedRegex(@"\b[A-Z]\w*\b")]
        private static partial Regex Word();
    }
}
