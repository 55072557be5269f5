using System.Text;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Tests.Hosting;

/// <summary>The cookie is taken out of the header without parsing the others; what comes out is what parsing them would give.</summary>
public class SessionCookieTests
{
    private const string Name = "xid";

    private static readonly string[] Pieces =
    [
        Name, "Xid", "xxid", "xid2", "other", "=", "=", "=", ";", "; ", "; ", "; ", " ; ", " ", ",", "\"", "%41", "\\", "abc-_9", "CfDJ8abc", "é", "\0",
    ];

    [Theory]
    [InlineData("xid=abc", "abc")]
    [InlineData("a=1; xid=abc", "abc")]
    [InlineData("a=1;xid=abc;b=2", "abc")]
    [InlineData("xid=abc; xid=def", "abc")]
    [InlineData("xid=abc; XID=def", "abc")]
    [InlineData("XID=def; xid=abc", "abc")]
    [InlineData("XID=abc", "")]
    [InlineData("xid=\"abc\"", "\"abc\"")]
    [InlineData("xid=%61bc", "abc")]
    [InlineData("xxid=abc", "")]
    [InlineData("xid2=abc", "")]
    [InlineData("a=xid=abc", "")]
    [InlineData("xid=", "")]
    [InlineData("", "")]
    public void A_cookie_is_read(string header, string expected) => Assert.Equal(expected, Read(header));

    [Fact]
    public void Any_header_gives_what_the_framework_makes_of_it_and_all_that_it_drops()
    {
        var random = new Random(4711);
        for (int i = 0; i < 50_000; i++)
        {
            var header = new StringBuilder();
            for (int pieces = random.Next(1, 14); pieces > 0; pieces--)
            {
                header.Append(Pieces[random.Next(Pieces.Length)]);
            }

            string text = header.ToString();
            List<string> values = CookieHeader.Values(text, Name);
            Assert.True(Read(text) == (values.Count > 0 ? values[0] : ""), $"Cookie: {text}");

            // The framework takes the last one, of whatever case, and a comma for a semicolon.
            string parsed = Parsed(text);
            if (IsIdLike(parsed) && !text.Contains(','))
            {
                Assert.True(values.Contains(parsed) || text.Contains("Xid", StringComparison.Ordinal), $"Cookie: {text}");
            }
        }
    }

    [Fact]
    public void Several_header_lines_count_as_one()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = new(["a=1", "xid=abc"]);
        Assert.Equal("abc", SessionCookie.Read(context, Name, out _).ToString());
    }

    [Theory]
    [InlineData("xid=abc", null)]
    [InlineData("xid=abc; XID=def", null)]
    [InlineData("xid=abc; a=1; xid=def; xid=", "abc,def,")]
    [InlineData("xid = abc ;xid=%64ef", "abc,def")]
    public void Several_of_one_name_come_in_their_order(string header, string? expected)
    {
        SessionCookie.Read(With(header), Name, out List<string>? several);
        Assert.Equal(expected, several is null ? null : string.Join(',', several));
    }

    private static string Read(string header) => SessionCookie.Read(With(header), Name, out _).ToString();

    private static bool IsIdLike(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(SessionCookie.Base64UrlCharacters);

    private static string Parsed(string header) => With(header).Request.Cookies[Name] ?? "";

    private static DefaultHttpContext With(string header)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = header;
        return context;
    }
}
