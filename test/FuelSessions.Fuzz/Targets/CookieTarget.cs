using FuelSessions.Fuzz.Running;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// A request's <c>Cookie</c> header, or several, divided by line feeds, and what is made of them: the quick way to a value finds what the slow one
/// finds, and nothing that was not made here is taken.
/// </summary>
internal sealed class CookieTarget : FuzzTarget
{
    private const string CookieName = "fuelcid";

    private readonly FuelSessionsOptions _plain = new() { CookieName = CookieName, EncryptCookie = false, HeaderName = "X-Session" };
    private readonly FuelSessionsOptions _sealed = new() { CookieName = CookieName, EncryptCookie = true };
    private readonly IdProtector _protector = new(new EphemeralDataProtectionProvider(), "memory", TimeProvider.System);

    internal override string Name => "cookies";

    // The framework's own collection of cookies is made where a value is in chunks.
    internal override int BytesPerByte => 256;

    internal override IEnumerable<string> Words =>
        [CookieName + "=", "; " + CookieName + "=", CookieName + "C1=", "chunks-2", "chunks-2000000000", "FuelCid=", "%66uelcid=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "CfDJ8", "=;", "\n"];

    internal override IEnumerable<byte[]> Seeds =>
        new[]
        {
            "", "fuelcid=abc", "a=b; fuelcid=abc; c=d", "fuelcid=one; fuelcid=two", "xfuelcid=1; fuelcid = \"quoted\"", "fuelcid=a%2Cb\nfuelcid=second", "fuelcid",
            "fuelcid=chunks-2; fuelcidC1=AAAA; fuelcidC2=BBBB", "fuelcid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; fuelcid=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA",
        }.Select(InputOf);

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        string[] lines = TextOf(input.Span).Split('\n');
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = lines;
        List<string> values = CookieHeader.Values(lines, CookieName);
        ReadOnlySpan<char> value = SessionCookie.Read(context, CookieName, out List<string>? several);
        Promise.That(values.Count == 0 ? value.IsEmpty : value.SequenceEqual(values[0]), "the quick way to a cookie finds another value than the slow one");
        Promise.That(values.Count > 1 ? several is not null && several.SequenceEqual(values) : several is null, "not all cookies of the name are found");

        Meter.Start();
        ChannelReader.Arrival bare = ChannelReader.Read(context, _plain, _protector, isCarried: false, out ChannelReader.Arrival[]? others);
        ChannelReader.Arrival foreign = ChannelReader.Read(context, _sealed, _protector, isCarried: false, out _);
        ChannelReader.Arrival carried = ChannelReader.Read(context, _sealed, _protector, isCarried: true, out _);
        Meter.Stop();
        Promise.That(foreign.Id is null && carried.Id is null, "an id is taken that nobody has sealed");
        string[] wellFormed = [.. values.Where(static text => Records.SessionId.TryParse(text, out _)).Take(ArrivedIds.Most)];
        Promise.That((bare.Id is null ? 0 : 1) + (others?.Length ?? 0) == wellFormed.Length, "the well-formed ids are not those that are tried");
        return Outcome.Of(Math.Min(values.Count, 5), wellFormed.Length, value.IsEmpty);
    }
}
