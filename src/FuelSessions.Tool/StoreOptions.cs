using System.CommandLine;
using FuelSessions.Redis;
using FuelSessions.Tool.Stores;
using Microsoft.Extensions.Configuration;

namespace FuelSessions.Tool;

/// <summary>Where the sessions are: told on the command line, or found in an app's settings.</summary>
internal sealed class StoreOptions
{
    private readonly Option<string?> _store = new("--store", "-s") { Description = "sqlite, postgresql, sqlserver, mysql (MariaDB too), redis or file." };
    private readonly Option<string?> _connection = new("--connection", "-c") { Description = "The connection string; of file: the folder." };
    private readonly Option<FileInfo[]> _settings = new("--settings")
    {
        Description = "An app's appsettings.json, to take from what is not given here; given again, what lies over it, as appsettings.Production.json.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _name = new("--connection-name") { Description = "Which of its ConnectionStrings." };
    private readonly Option<string?> _table = new("--table") { Description = "The table of sessions. Default sessions." };
    private readonly Option<string?> _prefix = new("--key-prefix") { Description = "What Redis keys begin with. Default fuel:session:" };

    public StoreOptions() => _store.AcceptOnlyFromAmong([.. SqlDialect.All.Select(dialect => dialect.Name), RedisSessions.Kind, FileSessions.Kind]);

    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_store, _connection, _settings, _name, _table, _prefix])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="ToolException">It is not told where they are.</exception>
    internal async Task<IStoredSessions> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        IConfiguration settings = Settings(parsed);
        string store = StoreOf(parsed, settings);
        return store switch
        {
            RedisSessions.Kind => await RedisSessions.OpenAsync(
                ConnectionOf(parsed, settings), parsed.GetValue(_prefix) ?? new RedisDriverOptions().KeyPrefix),
            FileSessions.Kind => FileSessions.Open(parsed.GetValue(_connection) ?? settings["FuelSessions:File:Path"] ?? settings["FuelSessions:Path"]
                ?? throw new ToolException(ExitCode.Usage, "Where is the folder? Give it with --connection; without a setting Path it is below the local application data of the app's user (docs/files.md).")),
            _ => await SqlSessions.OpenAsync(SqlDialect.Of(store), ConnectionOf(parsed, settings), Table(parsed, settings), mayCreate: false, cancellationToken),
        };
    }

    /// <summary>The same for commands that only a database has.</summary>
    internal Task<SqlSessions> OpenDatabaseAsync(ParseResult parsed, bool mayCreate, CancellationToken cancellationToken)
    {
        IConfiguration settings = Settings(parsed);
        return SqlSessions.OpenAsync(Dialect(parsed, settings), ConnectionOf(parsed, settings), Table(parsed, settings), mayCreate, cancellationToken);
    }

    internal string Script(ParseResult parsed)
    {
        IConfiguration settings = Settings(parsed);
        return Dialect(parsed, settings).CreateScript(Table(parsed, settings));
    }

    private SqlDialect Dialect(ParseResult parsed, IConfiguration settings)
    {
        string store = StoreOf(parsed, settings);
        return SqlDialect.All.FirstOrDefault(dialect => dialect.Name == store)
            ?? throw new ToolException(ExitCode.Usage, $"'{store}' has no tables. These have: {string.Join(", ", SqlDialect.All.Select(dialect => dialect.Name))}.");
    }

    private string StoreOf(ParseResult parsed, IConfiguration settings) =>
        parsed.GetValue(_store) ?? (settings["FuelSessions:Driver"]?.ToLowerInvariant() is RedisSessions.Kind or FileSessions.Kind
            ? settings["FuelSessions:Driver"]!.ToLowerInvariant()
            : throw new ToolException(ExitCode.Usage, "Which store? Give --store: from settings it is known of redis and file only, and not which database a db driver has."));

    private string ConnectionOf(ParseResult parsed, IConfiguration settings)
    {
        if (parsed.GetValue(_connection) is { } given)
        {
            return given;
        }

        IConfigurationSection[] named = [.. settings.GetSection("ConnectionStrings").GetChildren()];
        IConfigurationSection[] meant = [.. named.Where(section => parsed.GetValue(_name) is not { } name || section.Key.Equals(name, StringComparison.OrdinalIgnoreCase))];
        return meant.Length == 1
            ? meant[0].Value ?? ""
            : throw new ToolException(ExitCode.Usage, named.Length == 0
                ? "Which connection? Give --connection, or --settings with a file that has ConnectionStrings."
                : $"Which connection? Give --connection-name, one of: {string.Join(", ", named.Select(section => section.Key))}.");
    }

    /// <summary>What a client says of a text that it can't read may repeat a part of the password in it.</summary>
    internal static ToolException Unreadable() => new(
        ExitCode.Failed,
        "The connection string can't be understood. It is not shown, as there may be a password in it: a value that has a semicolon or a quote in it must be quoted, and names are those of the store's own client.");

    private string Table(ParseResult parsed, IConfiguration settings) =>
        SqlDialect.Checked(parsed.GetValue(_table) ?? settings["FuelSessions:Db:Table"] ?? settings["FuelSessions:Table"] ?? new FuelSessionsOptions().Table);

    /// <summary>The files of settings that were named.</summary>
    internal IReadOnlyList<FileInfo> Files(ParseResult parsed) => parsed.GetValue(_settings) ?? [];

    /// <summary>What they say together; nothing if none was named.</summary>
    internal IConfiguration Settings(ParseResult parsed)
    {
        var builder = new ConfigurationBuilder();
        foreach (FileInfo file in Files(parsed))
        {
            builder.AddJsonFile(file.Exists ? file.FullName : throw new ToolException(ExitCode.Usage, $"There is no file '{file.FullName}'."));
        }

        return builder.Build();
    }
}
