using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// What the client throws, in words that hold no key. By default the client puts the command and its key into its texts and into the data of
/// its exceptions, so of these only what is known to be harmless goes on: kind, address, and what the server or the system said.
/// </summary>
internal static partial class RedisFailure
{
    // The server's words for what it does not begin to carry out. A script that meets one has changed nothing: its first change is what is refused.
    private static readonly string[] Refusals =
        ["OOM ", "READONLY ", "NOREPLICAS ", "MISCONF ", "NOPERM ", "NOAUTH ", "LOADING ", "MASTERDOWN ", "CLUSTERDOWN ", "BUSY ", "WRONGTYPE ", "ERR unknown command"];

    /// <summary>Whether the server has refused a command or a script of the driver's, or the client to send it, so that nothing of it is stored.</summary>
    internal static bool IsRefusal(Exception error) => error switch
    {
        RedisServerException server => Refusals.Any(refusal => server.Message.StartsWith(refusal, StringComparison.Ordinal)),
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } or RedisCommandException => true,
        _ => false,
    };

    internal static bool IsOfClient(Exception error) => error is RedisException or RedisTimeoutException or RedisCommandException;

    /// <param name="reported">What the connection last reported, which the client does not repeat for each call.</param>
    internal static Exception WithoutKey(Exception error, RedisConnectionException? reported) => error switch
    {
        RedisServerException server => Server(OfServer(server.Message)),
        RedisConnectionException connection => OfConnection(connection) is var own && own.InnerException is null && reported is not null ? reported : own,
        RedisTimeoutException timeout => Timeout($"There was no answer within the client's own timeout (command: {timeout.Commandstatus}).", timeout.Commandstatus),
        RedisCommandException command => new RedisCommandException(Sentence.Of(command.Message.Split(": ", 2)[0])),
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
        string? reason = cause is not null ? OfServer(cause.Message)
            : first.Message.Contains("requires writable", StringComparison.Ordinal) ? "no server that takes writes is connected"
            : null;
        string text = $"{first.FailureType}{(address.Success ? $" on {Shown(address.Groups[1].Value)}" : "")}{(reason is null ? "" : $": {reason}")}";
        return Connection(first.FailureType, Sentence.Of(text), cause is RedisServerException ? Server(OfServer(cause.Message)) : cause);
    }

    // What the client takes for a host's name may be an address with a password in it.
    private static string Shown(string address) => OwnConnection.HasScheme(address) ? "a server whose name is an address with a scheme (not shown)" : address;

    // Version 3 would rather be told more, which version 2 can't be.
#pragma warning disable CS0618
    internal static RedisConnectionException Connection(ConnectionFailureType type, string message, Exception? cause = null) => new(type, message, cause);

    internal static RedisTimeoutException Timeout(string message, CommandStatus status) => new(message, status);

    private static RedisServerException Server(string message) => new(message);
#pragma warning restore CS0618

    // "unknown command 'GET', with args beginning with: …" and "redirect not followed for GET …".
    private static string OfServer(string message) => Sentence.Of(Arguments().Replace(message, ""));

    [GeneratedRegex(@"(?:^| )(\S+)/(?:Interactive|Subscription)\b")]
    private static partial Regex Address();

    [GeneratedRegex(@",? (?:with args beginning with|redirect not followed for).*$", RegexOptions.Singleline)]
    private static partial Regex Arguments();
}
