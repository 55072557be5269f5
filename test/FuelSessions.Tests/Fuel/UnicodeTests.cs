namespace FuelSessions.Tests.Fuel;

/// <summary>Any text survives, as name and as value; what is no text is refused, and never stored as something else.</summary>
public class UnicodeTests
{
    public static readonly string[] Texts =
    [
        "😀👩‍👩‍👧‍👦🏳️‍🌈", "a\u0000b", "e\u0301", "é", "שלום‏ עולם", "\u202Eright to left", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\uFEFFbom", "\uFFFD", "\uFFFF", "日本語",
        "\r\n\t\u0001\u007F", "</script><b>&amp;", "\"quoted\\\"", " ", "🇩🇪", "\U0010FFFF", "\u2028\u2029", "İıſ", "C:\\x'; drop table sessions;--",
    ];

    [Theory, EveryDriver]
    public async Task AnyUnicodeSurvivesAsNameAndAsValue(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            foreach (string text in Texts)
            {
                s.Set(text, text).Set("map." + text, text).SetFlash(text, text);
            }

            s.Set("list", Texts).Set("keys", Texts.ToDictionary(text => text, text => 1));
        });
        await site.Visit(s =>
        {
            Assert.Equal([Texts[0], "map", .. Texts[1..], "list", "keys"], s.All().Keys);
            foreach (string text in Texts)
            {
                Assert.Equal(text, s.Get<string>(text));
                Assert.Equal(text, s.Get<string>("map." + text));
                Assert.Equal(text, s.GetFlash<string>(text));
                Assert.Equal(1, s.Get<int>("keys." + text));
            }

            Assert.Equal(Texts, s.Get<string[]>("list"));
            s.Delete("map." + Texts[0]).Set("map.new", 1);
        });
        Assert.Equal(Texts[1], await site.Visit(s => s.Get<string>("map." + Texts[1])));
    }

    [Theory, EveryDriver]
    public async Task ComposedAndDecomposedNamesAreDifferentVariables(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("\u00E9", 1).Set("e\u0301", 2).Set("m.\u00E9", 3).Set("m.e\u0301", 4));
        Assert.Equal([1L, 2L, 3L, 4L], (await site.Visit(s => s.Get(["\u00E9", "e\u0301", "m.\u00E9", "m.e\u0301"]))).Values);
    }

    [Fact]
    public async Task HalfASurrogatePairIsRefusedWhereverItIs()
    {
        const string Half = "a\uD83D";
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Action[] uses =
            [
                () => s.Set(Half, 1), () => s.Set("a." + Half, 1), () => s.Get<int>(Half), () => s.Delete(Half), () => s.SetFlash(Half, 1),
                () => s.Set("a", Half), () => s.SetFlash("a", Half),
                () => s.Set("a", new[] { "good", Half }),
                () => s.Set("a", new Dictionary<string, object?> { ["k"] = Half }),
                () => s.Set("a", new Dictionary<string, int> { [Half] = 1 }),
                () => s.Set("a", new { Text = Half }),
                () => s.Set("a", '\uD83D'),
                () => s.Update<string>("a", _ => Half),
                () => s.FlashId = Half,
            ];
            for (int i = 0; i < uses.Length; i++)
            {
                Exception? error = Record.Exception(uses[i]);
                Assert.True(error is ArgumentException, $"use {i}: {error}");
            }

            Assert.Empty(s.All());
            Assert.Empty(s.GetFlash());
        });
        Assert.Empty(site.Last.SetCookies);
    }
}
