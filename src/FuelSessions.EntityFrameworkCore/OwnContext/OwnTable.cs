using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>Carries the table's name in the context's options: a pooled context takes nothing else.</summary>
internal sealed class OwnTable(string name) : IDbContextOptionsExtension
{
    internal string Name { get; } = name;

    internal static string NameIn(DbContextOptions options, string byDefault) => options.FindExtension<OwnTable>()?.Name ?? byDefault;

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(OwnTable extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => $"FuelSessions table={extension.Name} ";

        public override int GetServiceProviderHashCode() => 0;

        // EF's services are the same for every table; only the model differs, see OwnTableModelKey.
        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo["FuelSessions:Table"] = extension.Name;
    }
}
