namespace FuelSessions.Configuration;

/// <summary>FuelPHP's defaults where ours differ and the choice is the app's. Not the ones that lose data or let somebody in.</summary>
internal sealed class FuelPhpDefaults
{
    private static readonly Dictionary<string, string> CookieNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cookie"] = "fuelcid",
        ["file"] = "fuelfid",
        ["db"] = "fueldid",
        ["memcached"] = "fuelmid",
        ["redis"] = "fuelrid",
        ["memory"] = "fuelxid",
    };

    internal void Set(FuelSessionsOptions options)
    {
        options.Driver = "cookie";
        options.ExpireOnClose = false;
        options.AbsoluteExpiration = Timeout.InfiniteTimeSpan;
    }

    internal void NameCookie(FuelSessionsOptions options, string driver)
    {
        if (CookieNames.TryGetValue(driver, out string? name))
        {
            options.CookieName = name;
        }
    }
}
