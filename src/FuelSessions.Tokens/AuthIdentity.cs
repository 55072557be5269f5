using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Tokens;

/// <summary>
/// As whom a client signed in, and in which way. It is part of the key of a stored token, so that two users, or two ways of
/// signing in, never meet.
/// </summary>
public sealed record AuthIdentity
{
    // What this package itself keeps beside tokens: which identity was used last, and who renews.
    private const string Reserved = "fuel.";

    /// <summary>As whom, and how.</summary>
    /// <param name="type">The way of signing in, usually the grant's name; 1 to 64 characters without control characters.</param>
    /// <param name="identifier">As whom; up to 256 characters without control characters. It is no secret: stores keep it readable.</param>
    public AuthIdentity(string type, string identifier = "")
    {
        Type = Checked(type, 1, 64, nameof(type));
        Identifier = Checked(identifier, 0, 256, nameof(identifier));
        if (type.StartsWith(Reserved, StringComparison.Ordinal))
        {
            throw new ArgumentException($"An identity of type '{type}' can't be made: names that begin with '{Reserved}' are reserved.", nameof(type));
        }
    }

    private AuthIdentity(string kind, string identifier, bool reserved) => (Type, Identifier, _) = (Reserved + kind, identifier, reserved);

    /// <summary>Under it is stored which identity an owner used last: in the token's <see cref="OAuthToken.Ref"/>, and nothing else.</summary>
    internal static AuthIdentity Remembered { get; } = new("identity", "", reserved: true);

    /// <summary>The way of signing in.</summary>
    public string Type { get; }

    /// <summary>As whom.</summary>
    public string Identifier { get; }

    /// <summary>An app, signed in with its own token.</summary>
    public static AuthIdentity App(string id) => new("app", id);

    /// <summary>A user, signed in with name and password.</summary>
    public static AuthIdentity Password(string user) => new("password", user);

    /// <summary>A user, who agreed at the provider's page.</summary>
    /// <param name="user">Which one, where one owner keeps several; else nothing.</param>
    public static AuthIdentity AuthorizationCode(string user = "") => new("authorization_code", user);

    /// <summary>Under it is stored who renews the token of this identity.</summary>
    internal AuthIdentity Lock() => Beside("lock");

    /// <summary>Under it is stored which renewal of this identity's token was begun.</summary>
    internal AuthIdentity Begun() => Beside("begun");

    private AuthIdentity Beside(string kind) => new(kind, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Type}\0{Identifier}"))), reserved: true);

    private static string Checked(string value, int minimum, int maximum, string name)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        if (value.Length < minimum || value.Length > maximum || value.Any(char.IsControl))
        {
            throw new ArgumentException($"The {name} of an identity has {minimum} to {maximum} characters, none of them a control character.", name);
        }

        Unicode.ThrowIfBroken(value, $"The {name} of an identity", name);
        return value;
    }
}
