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

    [Fact]
    public void Half_a_character_names_nobody_as_no_store_could_tell_it_from_another_half()
    {
        Assert.Throws<ArgumentException>(() => new TokenKey("client", "\ud800", AuthIdentity.App("1")));
        Assert.Throws<ArgumentException>(() => new TokenKey("\ud800", "owner", AuthIdentity.App("1")));
        Assert.Throws<ArgumentException>(() => AuthIdentity.App("\ud800"));
        Assert.Equal("\U0001f43f", new TokenKey("client", "\U0001f43f", AuthIdentity.App("\U0001f43f")).Owner);
    }
}
