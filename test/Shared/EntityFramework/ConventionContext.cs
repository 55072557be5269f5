using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FuelSessions.Tests.Conventions;

/// <summary>An app's context that does the same thing to every table, as apps do; one model each.</summary>
public partial class ConventionContext(DbContextOptions<ConventionContext> options) : DbContext(options)
{
    internal static readonly AsyncLocal<string> Convention = new();

    private static readonly string[] All =
    [
        "audit", "required audit", "tenant filter", "soft delete", "concurrency token", "row version", "short texts", "short bytes", "texts for numbers",
        "column types", "upper case columns", "prefixed columns", "snake case", "prefixed tables", "schema", "key first", "proxies",
    ];

    /// <summary>What apps do to all of their tables, by name.</summary>
    public static TheoryData<string> Names => [.. All];

    /// <summary>What would cut or change what is stored, and is told before anything is.</summary>
    public static TheoryData<string> Spoiling => ["short texts in a loop", "short column types in a loop", "texts for numbers in a loop"];

    /// <summary>MySQL has none.</summary>
    public static TheoryData<string> NamesWithoutSchemas => [.. All.Where(name => name != "schema")];

    internal string Used { get; } = Convention.Value!;

    /// <summary>Gives each convention a model of its own, and the proxies that one of them is about.</summary>
    internal static DbContextOptionsBuilder Add(DbContextOptionsBuilder options, string convention)
    {
        Convention.Value = convention;
        options.ReplaceService<IModelCacheKeyFactory, ModelKey>();
        return convention switch
        {
            // Both at once: EF refuses more than twenty combinations of options in one process.
            "proxies" => options.UseLazyLoadingProxies().UseChangeTrackingProxies(),
            _ => options,
        };
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        switch (Used)
        {
            case "short texts": conventions.Properties<string>().HaveMaxLength(20); break;
            case "short bytes": conventions.Properties<byte[]>().HaveMaxLength(20); break;
            case "column types":
                conventions.Properties<string>().HaveColumnType("varchar(20)").AreUnicode(false);
                conventions.Properties<byte[]>().AreFixedLength();
                break;
            case "texts for numbers": conventions.Properties<long>().HaveConversion<string>(); break;
        }
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        if (Used == "schema")
        {
            model.HasDefaultSchema("app");
        }

        AddTables(model);
        foreach (IMutableEntityType type in model.Model.GetEntityTypes().ToList())
        {
            EntityTypeBuilder table = model.Entity(type.ClrType);
            switch (Used)
            {
                case "audit": table.Property<DateTime?>("LastModified"); break;
                case "required audit":
                    table.Property<DateTime>("LastModified");
                    table.Property<Guid>("ChangedBy");
                    table.Property<int>("Revision");
                    table.Property<string>("Reason").IsRequired();
                    table.Property<bool>("IsActive").HasDefaultValue(true);
                    break;
                case "tenant filter":
                    table.Property<string>("TenantId").IsRequired().HasMaxLength(40);
                    table.HasQueryFilter(Filter<string>(type, "TenantId", "nobody"));
                    break;
                case "soft delete":
                    table.Property<bool>("IsDeleted");
                    table.HasQueryFilter(Filter<bool>(type, "IsDeleted", true));
                    break;
                case "prefixed tables": type.SetTableName("app_" + type.GetTableName()); break;
                case "concurrency token": table.Property<long>("Stamp").IsConcurrencyToken(); break;
                case "row version": table.Property<byte[]?>("RowVersion").IsConcurrencyToken(); break;
            }

            foreach (IMutableProperty property in type.GetProperties())
            {
                switch (Used)
                {
                    case "short texts in a loop" when property.ClrType == typeof(string): property.SetMaxLength(50); break;
                    case "short column types in a loop" when property.ClrType == typeof(string): property.SetColumnType("varchar(50)"); break;
                    case "texts for numbers in a loop" when property.ClrType == typeof(long): property.SetValueConverter(new NumberToStringConverter<long>()); break;
                    case "upper case columns": property.SetColumnName(property.GetColumnName().ToUpperInvariant()); break;
                    case "prefixed columns": property.SetColumnName("c_" + property.Name); break;
                    case "snake case": property.SetColumnName(property.GetColumnName() + "_column"); break;
                    case "key first": property.SetColumnOrder(property.IsKey() ? 0 : 1); break;
                }
            }
        }
    }

    // The tables that the project's tests are about.
    static partial void AddTables(ModelBuilder model);

    private static LambdaExpression Filter<T>(IMutableEntityType type, string property, T only)
    {
        ParameterExpression row = Expression.Parameter(type.ClrType);
        MethodInfo get = typeof(EF).GetMethod(nameof(EF.Property))!.MakeGenericMethod(typeof(T));
        return Expression.Lambda(Expression.Equal(Expression.Call(get, row, Expression.Constant(property)), Expression.Constant(only)), row);
    }

    private sealed class ModelKey : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), (context as ConventionContext)?.Used, designTime);
    }
}
