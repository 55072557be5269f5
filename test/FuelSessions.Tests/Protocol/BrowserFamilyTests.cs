using FuelSessions.Engine;

namespace FuelSessions.Tests.Protocol;

public sealed class BrowserFamilyTests
{
    private const string ChromeOnAndroid = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
    private const string ChromeOnLinux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    private const string ChromeOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    private const string ChromeOnIPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1";
    private const string ChromeOnIPhoneAsDesktop = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140 Version/11.1.1 Safari/605.1.15";
    private const string SafariOnIPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
    private const string SafariOnIPad = "Mozilla/5.0 (iPad; CPU OS 17_7_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/21H221 Safari/604.1";
    private const string SafariOnMac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
    private const string FirefoxOnAndroid = "Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0";
    private const string FirefoxOnUbuntu = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0";
    private const string FirefoxOnLinux = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0b9";
    private const string EdgeOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";
    private const string EdgeOnAndroid = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.3485.37";
    private const string EdgeOnAndroidAsDesktop = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.3485.37";
    private const string Samsung = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36";
    private const string SamsungAsDesktop = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36";
    private const string Opera = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0 (Edition std-1)";

    [Theory]
    [InlineData(ChromeOnAndroid, ChromeOnLinux)]
    [InlineData(ChromeOnLinux, ChromeOnWindows)]
    [InlineData(ChromeOnIPhone, ChromeOnIPhoneAsDesktop)]
    [InlineData(SafariOnIPhone, SafariOnMac)]
    [InlineData(SafariOnIPad, SafariOnMac)]
    [InlineData(FirefoxOnAndroid, FirefoxOnLinux)]
    [InlineData(FirefoxOnUbuntu, FirefoxOnLinux)]
    [InlineData(EdgeOnAndroid, EdgeOnAndroidAsDesktop)]
    [InlineData(EdgeOnWindows, EdgeOnAndroid)]
    [InlineData(Samsung, SamsungAsDesktop)]
    [InlineData("curl/8.5.0", "curl/8.14.1")]
    [InlineData("MyApp/3.1 (iPhone; iOS 18.6; Scale/3.00)", "MyApp/3.2.1 (iPhone; iOS 26.0; Scale/2.00)")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; .NET4.0C; rv:11.0) like Gecko")]
    [InlineData("Python 3.12", "Python 3.13")]
    [InlineData("", " (nothing but a comment (and one in it)) [and this] ")]
    public void One_browser_is_one_family(string one, string other) => Assert.Equal(FamilyOf(one), FamilyOf(other));

    [Fact]
    public void Different_browsers_are_different_families()
    {
        string[] families = [.. ((string[])[ChromeOnLinux, ChromeOnIPhone, SafariOnMac, FirefoxOnLinux, EdgeOnWindows, Samsung, Opera, "curl/8.5.0", "HeadlessChrome/140.0", ""]).Select(FamilyOf)];
        Assert.Equal(families.Length, families.Distinct().Count());
    }

    [Theory]
    [InlineData("((((")]
    [InlineData("a(b")]
    [InlineData(")))) a/b(c)d")]
    [InlineData("/ // /1 a/ é\u00a0ü/2")]
    [InlineData("a b c d e f g h")]
    public void Anything_fits_into_as_much_and_one_character_more(string userAgent) =>
        Assert.InRange(BrowserFamily.Write(userAgent, new char[userAgent.Length + 1]), 0, userAgent.Length + 1);

    private static string FamilyOf(string userAgent)
    {
        char[] family = new char[userAgent.Length + 1];
        return new string(family, 0, BrowserFamily.Write(userAgent, family));
    }
}
