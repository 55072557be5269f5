using FuelSessions.Testing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>What an attacker sends costs less than it took to receive it.</summary>
public sealed class MalformedIdAllocationTests(ITestOutputHelper output)
{
    private const int Size = 8 * 1024;

    private static readonly EphemeralDataProtectionProvider Keys = new();

    private readonly IdProtector _protector = new(Keys, "memory", FakeClock.AtPresent());
    private readonly FuelSessionsOptions _options = new() { CookieName = "xid", HeaderName = "X-Session", QueryParameterName = "sid" };

    public static TheoryData<string> Large => new()
    {
        new string('x', Size),
        "CfDJ8" + new string('A', Size - 5),
        new string('A', 80) + "CfDJ8" + new string('A', Size - 85),
        new string('\u00E4', Size),
        new string('\0', Size),
    };

    [Theory, MemberData(nameof(Large))]
    public void Eight_kilobytes_are_refused_without_an_allocation(string text)
    {
        Assert.Equal(0, Allocated(() => _protector.TryReadId(text, "xid", out _)));
        Assert.Equal(0, Allocated(() => _protector.TryReadToken(text, "xid", out _)));
        Assert.Equal(0, Allocated(() => Records.SessionId.TryParse(text, out _)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Eight_kilobytes_in_every_channel_cost_no_more_than_the_framework_takes_to_hand_them_over(bool encrypted)
    {
        _options.EncryptCookie = encrypted;
        foreach (string text in (string[])[new('x', Size), "CfDJ8" + new string('A', Size - 5), new string('A', 80) + "CfDJ8" + new string('A', Size - 85)])
        {
            var context = new DefaultHttpContext();
            context.Request.Headers.Cookie = "xid=" + text;
            context.Request.Headers["X-Session"] = text;
            context.Request.QueryString = new QueryString("?sid=" + text);
            Assert.Equal(text, context.Request.Cookies["xid"]);
            Assert.Equal(text, context.Request.Query["sid"]);
            Assert.Equal(0, Allocated(() => ChannelReader.Read(context, _options, _protector, isCarried: false, out _).Id is not null));
        }
    }

    /// <summary>
    /// A value of the right length, alphabet and first bytes can be told from a real one by nothing but Data Protection, which
    /// throws: that is a few kilobytes of exceptions, whatever was sent, and never more than 512 characters get that far.
    /// </summary>
    [Fact]
    public void A_foreign_value_costs_an_exception_of_Data_Protection()
    {
        string foreign = new IdProtector(new EphemeralDataProtectionProvider(), "memory", FakeClock.AtPresent()).ProtectId(Records.SessionId.Create(), "xid").ToString();
        Assert.Equal("CfDJ8", foreign[80..85]);
        foreach (string text in (string[])[foreign, foreign[..85] + new string('A', 427)])
        {
            AssertCostsAnException(() => _protector.TryReadId(text, "xid", out _), text);
            AssertCostsAnException(() => _protector.TryReadToken(text.AsSpan(80), "xid", out _), text[80..]);
        }
    }

    /// <summary>Also one with a data key of this app's, which anybody can take from an id of his own.</summary>
    [Fact]
    public void A_value_that_was_changed_costs_an_exception()
    {
        string text = string.Concat(new string('A', 80), _protector.ProtectId(Records.SessionId.Create(), "xid").ToString().AsSpan(80));
        AssertCostsAnException(() => _protector.TryReadId(text, "xid", out _), text);
    }

    [Fact]
    public void Whatever_is_no_id_by_its_length_alphabet_or_first_letters_costs_nothing()
    {
        string id = _protector.ProtectId(Records.SessionId.Create(), "xid").ToString();
        string token = _protector.ProtectToken(Records.SessionKey.Create(), Records.SessionSecret.Create(), DateTimeOffset.MaxValue, "xid");
        foreach (string text in (string[])[token, id[..84], id[80..], "A" + id, id[..^1] + "=", id[..^1] + " ", id[..^1] + "\0", id + new string('A', 512 - id.Length + 1)])
        {
            Assert.Equal(0, Allocated(() => _protector.TryReadId(text, "xid", out _)));
        }

        Assert.Equal(0, Allocated(() => _protector.TryReadToken(id, "xid", out _)));
    }

    /// <summary>The cookie driver reads up to 24 KB, so there the value's own bytes come on top, once.</summary>
    [Fact]
    public void A_foreign_record_costs_its_bytes_and_that_exception()
    {
        string text = "CfDJ8" + new string('A', Size - 5);
        long allocated = Allocated(() => _protector.TryReadRecord(text, "xid", out _, out _));
        output.WriteLine($"{allocated} bytes");
        Assert.InRange(allocated, Size * 3 / 4, (Size * 2) + ExceptionBound);

        Assert.Equal(0, Allocated(() => _protector.TryReadRecord(new string('x', Size), "xid", out _, out _)) - Allocated(() => new string('x', Size).Length == 0));
        string longer = "CfDJ8" + new string('A', 25 * 1024);
        Assert.Equal(0, Allocated(() => _protector.TryReadRecord(longer, "xid", out _, out _)));
    }

    private const long ExceptionBound = 4 * 1024;

    private void AssertCostsAnException(Func<bool> refuses, string text)
    {
        long allocated = Allocated(refuses);
        output.WriteLine($"{text.Length} characters: {allocated} bytes");
        Assert.InRange(allocated, 1, ExceptionBound);
    }

    // Of this thread only, and after what happens once only has happened.
    private static long Allocated(Func<bool> refuses)
    {
        for (int warm = 0; warm < 3; warm++)
        {
            Assert.False(refuses());
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        refuses();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
