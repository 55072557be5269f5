namespace FuelSessions.IntegrationTests.Support;

/// <summary>For tests of the cookie driver in several cookies: as much as it can, and as it is.</summary>
internal static class LargeCookies
{
    internal static void Allow(FuelSessionsOptions options)
    {
        options.MaxCookieBytes = 24 * 1024;
        options.CompressCookie = false;
    }
}
