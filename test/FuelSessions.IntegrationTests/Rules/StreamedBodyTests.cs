using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>C4: looking for an id in a form leaves the body to the endpoint that reads it itself, in whatever order it does things.</summary>
public sealed class StreamedBodyTests(PostgresServer postgres) : StoreTests(postgres)
{
    // Beyond what is buffered in memory.
    private const int FileSize = 3_000_000;

    [Theory]
    [InlineData("session first")]
    [InlineData("session first, blocking")]
    [InlineData("session in between")]
    [InlineData("session last")]
    [InlineData("pipe")]
    public async Task C4_a_streamed_upload_arrives_whole(string order)
    {
        SessionApp app = await StartAsync("memory", options => options.PostFieldName = "sid");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        byte[] file = new byte[FileSize];
        new Random(4711).NextBytes(file);

        // The first request learns what the endpoint uses; later ones read ahead.
        for (int request = 0; request < 3; request++)
        {
            TestResponse response = app.AssertOk(await app.SendAsync(
                browser,
                async (http, sessions) =>
                {
                    Session? session = order switch
                    {
                        "session first" => await sessions.ForgeAsync(),
                        "session first, blocking" or "pipe" => sessions.Current,
                        _ => null,
                    };
                    List<string> parts = [];
                    var reader = new MultipartReader(Boundary(http), order == "pipe" ? http.Request.BodyReader.AsStream() : http.Request.Body);
                    while (await reader.ReadNextSectionAsync() is { } section)
                    {
                        parts.Add(Convert.ToHexString(await SHA256.HashDataAsync(section.Body)));
                        if (order == "session in between")
                        {
                            session ??= sessions.Current;
                        }
                    }

                    session ??= await sessions.ForgeAsync();
                    await http.Response.WriteAsync($"{session.Get<string>("user")} {string.Join(' ', parts)}");
                },
                content: Upload("x", file)));
            Assert.Equal($"ada {Convert.ToHexString(SHA256.HashData("x"u8))} {Convert.ToHexString(SHA256.HashData(file))}", response.Body);
        }
    }

    /// <summary>Also behind the file, as a form's last field.</summary>
    [Theory, OnServerStores]
    public async Task C4_the_id_is_found_and_the_body_is_there_all_the_same(string store)
    {
        SessionApp app = await StartAsync(store, options => options.PostFieldName = "sid");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string token = await app.AskAsync(browser, session => session.Token);
        byte[] file = new byte[FileSize];
        foreach (HttpContent content in (HttpContent[])[Upload(token, file), Upload(token, file, last: true), new FormUrlEncodedContent([new("sid", token), new("a", "1")])])
        {
            byte[] sent = await content.ReadAsByteArrayAsync();
            TestResponse response = app.AssertOk(await app.SendAsync(
                app.NewBrowser(),
                async (http, sessions) =>
                {
                    string? user = (await sessions.ForgeAsync()).Get<string>("user");
                    using var raw = new MemoryStream();
                    await http.Request.Body.CopyToAsync(raw);
                    await http.Response.WriteAsync($"{user} {raw.ToArray().AsSpan().SequenceEqual(sent)}");
                },
                content: content));
            Assert.Equal("ada True", response.Body);
        }
    }

    /// <summary>An endpoint that binds its form gets it, before or after its session.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C4_a_form_can_still_be_read(bool sessionFirst)
    {
        SessionApp app = await StartAsync("memory", options => options.PostFieldName = "sid");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string token = await app.AskAsync(browser, session => session.Token);
        TestResponse response = app.AssertOk(await app.SendAsync(
            app.NewBrowser(),
            async (http, sessions) =>
            {
                Session? session = sessionFirst ? await sessions.ForgeAsync() : null;
                IFormCollection form = await http.Request.ReadFormAsync();
                session ??= await sessions.ForgeAsync();
                await http.Response.WriteAsync($"{session.Get<string>("user")} {form.Files.Single().Length}");
            },
            content: Upload(token, new byte[FileSize])));
        Assert.Equal($"ada {FileSize}", response.Body);
    }

    /// <summary>More than forms may have is the endpoint's business.</summary>
    [Fact]
    public async Task C4_what_is_too_large_for_a_form_can_be_streamed()
    {
        SessionApp app = await StartAsync("memory", options => options.PostFieldName = "sid", services: services =>
            services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = 100_000));
        TestResponse response = app.AssertOk(await app.SendAsync(
            app.NewBrowser(),
            async (http, sessions) =>
            {
                bool isNew = (await sessions.ForgeAsync()).IsNew;
                long length = 0;
                var reader = new MultipartReader(Boundary(http), http.Request.Body);
                while (await reader.ReadNextSectionAsync() is { } section)
                {
                    using var copy = new MemoryStream();
                    await section.Body.CopyToAsync(copy);
                    length = copy.Length;
                }

                await http.Response.WriteAsync($"{isNew} {length}");
            },
            content: Upload("x", new byte[FileSize])));
        Assert.Equal($"True {FileSize}", response.Body);
    }

    /// <summary>A session that was only kept alive until then is looked for in the form like any other.</summary>
    [Fact]
    public async Task C4_the_form_counts_before_the_cookie_that_kept_another_session_alive()
    {
        SessionApp app = await StartAsync("memory", options => (options.PostFieldName, options.TouchOnEveryRequest) = ("sid", true));
        TestBrowser ada = app.NewBrowser(), bob = app.NewBrowser();
        await app.DoneAsync(ada, session => session.Set("user", "ada"));
        await app.DoneAsync(bob, session => session.Set("user", "bob"));
        string token = await app.AskAsync(ada, session => session.Token);
        TestResponse response = app.AssertOk(await app.SendAsync(
            bob,
            async (http, sessions) => await http.Response.WriteAsync((await sessions.ForgeAsync()).Get<string>("user")!),
            content: Upload(token, [])));
        Assert.Equal("ada", response.Body);
    }

    /// <summary>What is compressed is no form before it is taken apart, wherever in the pipeline that is done.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C4_a_compressed_form_is_read_once_it_is_decompressed(bool isDecompressedFirst)
    {
        static void Decompress(WebApplication web) => web.UseRequestDecompression();
        SessionApp app = await StartAsync(
            "memory",
            options => options.PostFieldName = "sid",
            map: isDecompressedFirst ? null : Decompress,
            before: isDecompressedFirst ? Decompress : null,
            services: services => services.AddRequestDecompression());
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string token = await app.AskAsync(browser, session => session.Token);

        // The first request learns what the endpoint uses; later ones read ahead.
        for (int request = 0; request < 2; request++)
        {
            TestResponse response = app.AssertOk(await app.SendAsync(
                app.NewBrowser(),
                async (http, sessions) =>
                {
                    string? user = (await sessions.ForgeAsync()).Get<string>("user");
                    await http.Response.WriteAsync($"{user} {(await http.Request.ReadFormAsync())["a"]}");
                },
                content: await CompressedAsync(new FormUrlEncodedContent([new("sid", token), new("a", "1")]))));
            Assert.Equal("ada 1", response.Body);
        }
    }

    private static async Task<ByteArrayContent> CompressedAsync(HttpContent form)
    {
        var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionMode.Compress))
        {
            await form.CopyToAsync(gzip);
        }

        var content = new ByteArrayContent(bytes.ToArray());
        content.Headers.ContentType = form.Headers.ContentType;
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static string Boundary(HttpContext http) => MediaTypeHeaderValue.Parse(http.Request.ContentType!).Parameters.Single(parameter => parameter.Name == "boundary").Value!.Trim('"');

    private static MultipartFormDataContent Upload(string id, byte[] file, bool last = false)
    {
        var form = new MultipartFormDataContent();
        if (!last)
        {
            form.Add(new StringContent(id, Encoding.UTF8), "sid");
        }

        form.Add(new ByteArrayContent(file), "file", "a.bin");
        if (last)
        {
            form.Add(new StringContent(id, Encoding.UTF8), "sid");
        }

        return form;
    }
}
