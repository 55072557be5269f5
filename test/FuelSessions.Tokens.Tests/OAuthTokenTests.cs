using FuelSessions.Tokens;

namespace FuelSessions.Tokens.Tests;

public sealed class OAuthTokenTests
{
    [Fact]
    public void The_text_of_a_token_holds_no_secret()
    {
        string text = new OAuthToken { AccessToken = "sesame", RefreshToken = "poppy", Scope = "read", Ref = new("app", "42") }.ToString();

        Assert.DoesNotContain("sesame", text);
        Assert.DoesNotContain("poppy", text);
        Assert.Contains("read", text);
        Assert.Contains("42", text);
    }

    [Fact]
    public void A_token_with_nothing_in_it_is_empty() => Assert.True(new OAuthToken { ExpiresAt = DateTimeOffset.UnixEpoch }.IsEmpty);

    [Theory]
    [InlineData("")]
    [InlineData("fuel.lock")]
    [InlineData("a\nb")]
    public void A_type_that_no_identity_can_have_is_refused(string type) => Assert.Throws<ArgumentException>(() => new AuthIdentity(type));
}
