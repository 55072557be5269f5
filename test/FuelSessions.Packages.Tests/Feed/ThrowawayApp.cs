namespace FuelSessions.Packages.Tests.Feed;

/// <summary>A project of somebody who knows the packages only: what it installs, and its one file of code.</summary>
/// <param name="Packages">Each a name, or a name and a version; ours have none.</param>
internal sealed record ThrowawayApp(string Name, string Code, params string[] Packages)
{
    /// <summary>Further properties of the project.</summary>
    internal string Properties { get; init; } = "";

    /// <summary>Further files, by their paths.</summary>
    internal IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    internal string Sdk { get; init; } = "Microsoft.NET.Sdk.Web";

    internal void Write(string folder, string version)
    {
        string at = Path.Combine(folder, Name);
        Directory.CreateDirectory(at);
        string references = string.Concat(Packages.Select(package => package.Split(' ')).Select(parts =>
            $"    <PackageReference Include=\"{parts[0]}\" Version=\"{(parts.Length > 1 ? parts[1] : version)}\" />\n"));
        File.WriteAllText(Path.Combine(at, $"{Name}.csproj"), $"""
            <Project Sdk="{Sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <!-- A feed may resolve a slightly newer patch than the one asked for. -->
                <NoWarn>$(NoWarn);NU1603</NoWarn>
                {Properties}
              </PropertyGroup>
              <ItemGroup>
            {references}  </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(at, "Program.cs"), Code);
        foreach ((string file, string text) in Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(at, file))!);
            File.WriteAllText(Path.Combine(at, file), text);
        }
    }
}
