using FuelSessions.Tokens.Endpoint;

namespace FuelSessions.Tokens.Renewal;

/// <summary>What the renewals of one client work with.</summary>
internal sealed record RenewalTools(
    string Client,
    TokenSessionOptions Options,
    ITokenRenewalLock Lock,
    TokenShelf Shelf,
    TokenEndpoint Endpoint,
    Rests Rests,
    BegunRenewals Begun,
    RecentRenewals Recent,
    RememberedIdentity Remembered,
    TimeProvider Clock,
    TokenDiagnostics Diagnostics);
