using System.Reflection;
using System.Text;

namespace FuelSessions.Packages.Tests.Apps;

/// <summary>Code that uses each public type of ours by its name alone: one that means another type as well does not compile.</summary>
internal static class PublicNames
{
    private static readonly string[] Packages =
    [
        "FuelSessions", "FuelSessions.Redis", "FuelSessions.EntityFrameworkCore", "FuelSessions.Memcached",
        "FuelSessions.Dashboard", "FuelSessions.Testing", "FuelSessions.Tokens", "FuelSessions.Tokens.Redis", "FuelSessions.Tokens.EntityFrameworkCore",
    ];

    internal static string Code()
    {
        Type[] types = [.. Packages.SelectMany(package => Assembly.Load(package).GetExportedTypes()).Where(type => !type.IsNested)];
        var code = new StringBuilder();
        foreach (string space in types.Select(type => type.Namespace!).Distinct())
        {
            code.Append("using ").Append(space).Append(";\n");
        }

        code.Append("string[] names =\n[\n");
        foreach (Type type in types)
        {
            code.Append("    nameof(").Append(Name(type)).Append("),\n");
        }

        return code.Append("];\nConsole.WriteLine(names.Length);\n").ToString();
    }

    private static string Name(Type type) => !type.IsGenericType ? type.Name
        : $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", Enumerable.Repeat("object", type.GetGenericArguments().Length))}>";
}
