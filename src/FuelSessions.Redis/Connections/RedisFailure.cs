using System.Globalization;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// What the client throws, in words that hold no key. By default the client puts the command and its key into its texts and into the data of
/// its exceptions, so of these only what is known to be harmless goes on: kind, address, and what the server or the system said.
/// </summary>
internal static partial class RedisFailure
{
    // What a server says in the place of NOPERM of a command within a script, from 7.2 on with the command's name, and before without.
    private const string ForbiddenInScript = "ERR ACL failure in script";
    private const string ForbiddenInEarlierScript = "ERR The user executing the script can't run this command";

    // The server's words for what it does not begin to carry out. A script that meets one has changed nothing: its first change is what is refused.
    private static readonly string[] Refusals =
    [
        "OOM ", "READONLY ", "NOREPLICAS ", "MISCONF ", "NOPERM ", "NOAUTH ", "LOADING ", "MASTERDOWN ", "CLUSTERDOWN ", "BUSY ", "WRONGTYPE ", "ERR unknown command",
        ForbiddenInScript, ForbiddenInEarlierScript,
    ];

    /// <summary>Whether the server has refused a command or a script of the driver's, or the client to send it, so that nothing of it is stored.</summary>
    internal static bool IsRefusal(Exception error) => error switch
    {
        RedisServerException server => Refusals.Any(refusal => server.Message.StartsWith(refusal, StringComparison.Ordinal)),
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } or RedisCommandException => true,
        _ => false,
    };

    /// <summary>Whether the client has sent it to a server that takes no writes, or no more, or knows none that does.</summary>
    internal static bool IsOfNoMaster(Exception error) => error switch
    {
        RedisServerException server => server.Message.StartsWith("READONLY ", StringComparison.Ordinal),
        RedisConnectionException connection => connection.FailureType == ConnectionFailureType.UnableToResolvePhysicalConnection,
        _ => false,
    };

    internal static bool IsOfClient(Exception error) => error is RedisException or RedisTimeoutException or RedisCommandException;

    /// <param name="reported">What the connection last reported, which the client does not repeat for each call.</param>
    internal static Exception WithoutKey(Exception error, RedisConnectionException? reported) => error switch
    {
        RedisServerException server => Server(OfServer(server.Message) + Advice(server.Message)),
        RedisConnectionException connection => OfConnection(connection) is var own && own.InnerException is null && reported is not null ? reported : own,
        RedisTimeoutException timeout => Timeout($"There was no answer within the client's own timeout (command: {timeout.Commandstatus}).", timeout.Commandstatus),
        RedisCommandException command => new RedisCommandException(Sentence.Of(OfCommand(command.Message.Split(": ", 2)))),
        _ => error,
    };

    /// <summary>Kind, address and cause of what went wrong with a connection.</summary>
    internal static RedisConnectionException OfConnection(RedisConnectionException error)
    {
        // The innermost one is nearest to what happened; the others wrap it for the call that suffered from it.
        RedisConnectionException first = error;
        while (first.InnerException is RedisConnectionException inner)
        {
            first = inner;
        }

        Exception? cause = first.InnerException?.GetBaseException();
        Match address = Address().Match(first.Message);
        string? reason = cause is not null ? OfServer(cause.Message) + Advice(cause.Message)
            : first.Message.Contains("requires writable", StringComparison.Ordinal) ? "no server that takes writes is connected"
            : null;
        string text = $"{first.FailureType}{(address.Success ? $" on {Shown(address.Groups[1].Value)}" : "")}{(reason is null ? "" : $": {reason}")}";
        return Connection(first.FailureType, Sentence.Of(text), cause is RedisServerException ? Server(OfServer(cause.Message)) : cause);
    }

    // What the client takes for a host's name may be an address with a password in it.
    private static string Shown(string address) => OwnConnection.IsAddress(address) ? "a server whose name is an address (not shown)" : address;

    // Version 3 would rather be told more, which version 2 can't be.
#pragma warning disable CS0618
    internal static RedisConnectionException Connection(ConnectionFailureType type, string message, Exception? cause = null) => new(type, message, cause);

    internal static RedisTimeoutException Timeout(string message, CommandStatus status) => new(message, status);

    private static RedisServerException Server(string message) => new(message);
#pragma warning restore CS0618

    // Where what is said neither tells what is wrong nor where to look.
    private static string Advice(string message) =>
        message.StartsWith(ForbiddenInEarlierScript, StringComparison.Ordinal)
            ? " One of those that docs/redis.md lists is missing in the user's permissions."
        : message.Contains("RemoteCertificateValidationCallback", StringComparison.Ordinal)
            ? " That is the app's own check, as TrustIssuer makes one: the certificate is of another authority, for another name, or not valid at this time."
        : "";

    // A number behind it is a database's and no key.
    private static string OfCommand(string[] parts) =>
        parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"{parts[0]}: {parts[1]}" : parts[0];

    // "unknown command 'GET', with args beginning with: …" and "redirect not followed for GET …".
    private static string OfServer(string message) => Sentence.Of(Arguments().Replace(message, ""));

    [GeneratedRegex(@"(?:^| )(\S+)/(?:Interactive|Subscription)\b")]
    private static partial Regex Address();

    [GeneratedRegex(@",? (?:with args beginning with|redirect not followed for).*$", RegexOptions.Singleline)]
    private static partial Regex Arguments();
}
