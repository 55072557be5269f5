namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>No server side at all.</summary>
internal sealed class CookieStore() : Store("cookie", "cid");
