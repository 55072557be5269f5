namespace FuelSessions;

/// <summary>Names of authentication on the session.</summary>
public static class FuelSessionsAuthenticationDefaults
{
    /// <summary>The scheme's name where none is given: <c>FuelSessions</c>.</summary>
    public const string AuthenticationScheme = "FuelSessions";
}
