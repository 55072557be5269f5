using FuelSessions.Tokens.Tests.StandIn;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.Tests.Processes;

/// <summary>Where processes share tokens, and of which provider; as text, so that it can be given to a process.</summary>
/// <param name="Kind">The manager.</param>
/// <param name="Address">The server, the database or the folder.</param>
/// <param name="Keys">The folder with the keys of Data Protection.</param>
/// <param name="Provider">The provider's address.</param>
internal sealed record Place(string Kind, string Address, string Keys, Uri Provider)
{
    internal const string Client = "podio";
    internal const string Redis = "redis";
    internal const string Sqlite = "sqlite";
    internal const string Postgres = "postgres";
    internal const string MariaDb = "mariadb";
    internal const string File = "file";

    private const string Application = "processes";

    internal static Place Of(string[] arguments) => new(arguments[0], arguments[1], arguments[2], new Uri(arguments[3]));

    internal string[] Arguments => [Kind, Address, Keys, Provider.ToString()];

    /// <summary>The client, as each process has it; with times that no slow machine exceeds.</summary>
    internal TokenSessionOptions Configure(TokenSessionOptions options)
    {
        ConfigureClient(options);
        options.DataProtection = DataProtectionProvider.Create(new DirectoryInfo(Keys), Share);
        return Kind switch
        {
            Redis => options.UseRedis(Address),
            Sqlite => options.UseDb(db => db.UseSqlite(Address)),
            Postgres => options.UseDb(db => db.UseNpgsql(Address)),
            MariaDb => options.UseDb(db => db.UseMySQL(Address)),
            File => options.UseFile(Address),
            _ => throw new InvalidOperationException($"There is no '{Kind}' to keep tokens in."),
        };
    }

    internal void ConfigureClient(TokenSessionOptions options)
    {
        var standIn = new OAuthStandIn(TimeProvider.System);
        options.ClientId = standIn.ClientId;
        options.ClientSecret = standIn.ClientSecret;
        options.TokenEndpoint = new Uri(Provider, "/provider/oauth/token");
        options.RequestTimeout = TimeSpan.FromSeconds(60);
        options.LockLifetime = TimeSpan.FromSeconds(120);
    }

    /// <summary>Makes the key before there are several processes that would each make one.</summary>
    internal void MakeKey() => DataProtectionProvider.Create(new DirectoryInfo(Keys), Share).CreateProtector("first").Protect([]);

    internal void Share(IDataProtectionBuilder keys) => keys.SetApplicationName(Application).PersistKeysToFileSystem(new DirectoryInfo(Keys));
}
