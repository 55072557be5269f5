namespace FuelSessions.Tokens;

/// <summary>How a client identifies itself at the provider's endpoints (RFC 6749, section 2.3.1).</summary>
public enum ClientAuthentication
{
    /// <summary>With <c>client_id</c> and <c>client_secret</c> in the form.</summary>
    Form,

    /// <summary>With HTTP Basic.</summary>
    Basic,
}
