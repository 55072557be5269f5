using System.Reflection;
using System.Text;

namespace FuelSessions.Tests.PublicApi;

/// <summary>
/// The public API as text. A difference is either a mistake, or meant: then the snapshot is replaced by the file that the
/// test wrote, and CHANGELOG.md tells of it.
/// </summary>
public class PublicApiTests
{
    [Theory]
    [InlineData("FuelSessions")]
    [InlineData("FuelSessions.EntityFrameworkCore")]
    [InlineData("FuelSessions.Redis")]
    [InlineData("FuelSessions.Memcached")]
    [InlineData("FuelSessions.Testing")]
    [InlineData("FuelSessions.Tokens")]
    [InlineData("FuelSessions.Tokens.EntityFrameworkCore")]
    [InlineData("FuelSessions.Tokens.Redis")]
    public void Is_what_the_snapshot_says(string package)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "PublicApi");
        string actual = Describe(Assembly.Load(package));
        File.WriteAllText(Path.Combine(folder, $"{package}.actual.txt"), actual);
        Assert.Equal(File.ReadAllText(Path.Combine(folder, $"{package}.txt")).ReplaceLineEndings("\n"), actual);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.FullName).Append('\n');
            IEnumerable<string> members = type
                .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not MethodInfo { IsSpecialName: true } and not Type && !member.Name.StartsWith('<'))
                .Select(Line)
                .Order(StringComparer.Ordinal);
            foreach (string member in members)
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : "class";

    private static string Line(MemberInfo member) => member switch
    {
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        PropertyInfo property => $"{((property.GetMethod ?? property.SetMethod)!.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{{(property.GetMethod is { IsPublic: true } ? " get;" : "")}{(property.SetMethod is { IsPublic: true } ? " set;" : "")} }}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
        _ => member.ToString()!,
    };

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsGenericParameter || !type.IsGenericType)
        {
            return type.Name;
        }

        return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
