using System.Data.Common;
using System.Reflection;
using MySql.Data.MySqlClient;

namespace FuelSessions.Tests.Servers;

/// <summary>A MariaDB server of the tests' own.</summary>
public sealed class MariaDbServer() : DatabaseServer("MariaDB", account: "mysql", stop: "TERM")
{
    // Made with the server, without a password.
    private const string User = "root";

    private string? _server;
    private string? _install;

    /// <summary>
    /// Every three minutes MySql.Data looks for idle connections, on a timer of its own, and goes through its pools while others may be added: the error that this is ends the process. Here each
    /// database has a pool of its own.
    /// </summary>
    static MariaDbServer()
    {
        FieldInfo? timer = typeof(MySqlConnection).Assembly.GetType("MySql.Data.MySqlClient.MySqlPoolManager")?.GetField("timer", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public);
        ((Timer)(timer?.GetValue(null) ?? throw new InvalidOperationException("MySql.Data has no such timer any more: see whether it still needs to be stopped."))).Dispose();
    }

    protected override string FirstDatabase => "mysql";

    protected override string[] Command =>
    [
        _server!, "--no-defaults", $"--datadir={Data}", $"--port={Port}", "--bind-address=127.0.0.1",
        $"--socket={Folder}/socket", $"--pid-file={Folder}/pid", $"--innodb-flush-log-at-trx-commit={(Flushes ? 1 : 0)}",
        "--innodb-buffer-pool-size=32M", "--max-connections=200", "--character-set-server=utf8mb4", "--skip-name-resolve",
    ];

    public override Task PauseAsync() => SignalAsync("-STOP");

    public override Task ResumeAsync() => SignalAsync("-CONT");

    protected override string? FindPrograms()
    {
        (_server, _install) = (Find("mariadbd"), Find("mariadb-install-db"));
        return _server is null || _install is null ? "There is no mariadbd on the path (Debian: apt-get install mariadb-server)." : null;
    }

    protected override Task SetUpAsync() =>
        RunAsync(_install!, "--no-defaults", $"--datadir={Data}", "--auth-root-authentication-method=normal", "--skip-test-db");

    protected override bool IsReady(string line) => line.Contains("ready for connections", StringComparison.Ordinal);

    protected override bool IsFatal(string line) => line.Contains("[ERROR] Aborting", StringComparison.Ordinal);

    protected override string Address(string database) =>
        $"Server=127.0.0.1;Port={Port};User ID={User};Database={database};SslMode=Disabled;Maximum Pool Size=30";

    protected override DbConnection Connect(string connectionString) => new MySqlConnection(connectionString);

    protected override string Creation(string database) => $"CREATE DATABASE {database} CHARACTER SET utf8mb4";

    protected override void ClearPools() => MySqlConnection.ClearAllPools();

    private async Task SignalAsync(string signal)
    {
        _ = ConnectionString(FirstDatabase);
        await RunAsync("kill", signal, (await File.ReadAllTextAsync(Path.Combine(Folder, "pid"))).Trim());
    }

    private static string? Find(string program) =>
        PathFolders.Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
