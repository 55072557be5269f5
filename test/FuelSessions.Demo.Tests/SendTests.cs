using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using FuelSessions.Demo.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.Demo.Tests;

/// <summary>The page Sending: what scripts send without cookies, while the page is left, and as a large file.</summary>
[Collection(DemosCollection.Name)]
public sealed class SendTests(Demos demos, Chromium chromium)
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData("db")]
    [InlineData("cookie")]
    public async Task A_browser_sends_a_note_a_beacon_and_a_file(string driver)
    {
        ConcurrentQueue<string> complaints = new();
        IPage page = await chromium.NewPageAsync((await demos.OnAsync(driver)).Address, complaints);
        await page.GotoAsync("/send");
        IResponse noted = await page.RunAndWaitForResponseAsync(() => Button("Send a note").ClickAsync(), "**/api/notes");
        await Expect(page.Locator("#notes")).ToHaveTextAsync("1");
        Assert.False((await noted.Request.AllHeadersAsync()).ContainsKey("cookie"));
        Assert.False((await noted.AllHeadersAsync()).ContainsKey("set-cookie"));

        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "a.bin", MimeType = "application/octet-stream", Buffer = new byte[Megabyte] });
        await Button("Upload").ClickAsync();
        await Expect(page.Locator("#verdict")).ToHaveTextAsync($"{Megabyte} bytes arrived.");
        await Expect(page.Locator("#total")).ToHaveTextAsync($"{Megabyte}");
        Assert.Equal(1, await page.Locator("#progress").EvaluateAsync<double>("bar => bar.value"));

        // What a beacon has brought may be seen by the next page already, or by one after it.
        await page.GetByRole(AriaRole.Link, new() { Name = "Leave, and come back" }).ClickAsync();
        string text = "";
        var waited = Stopwatch.StartNew();
        while (DemoClient.TextOf(text, "left") is ("" or "0") && waited.Elapsed < TimeSpan.FromMinutes(2))
        {
            text = await (await page.APIRequest.GetAsync("/send")).TextAsync();
        }

        Assert.Equal("1", DemoClient.TextOf(text, "left"));
        Assert.Equal("1", DemoClient.TextOf(text, "notes"));
        Assert.Empty(complaints);

        ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
    }

    /// <summary>Neither the process's memory nor what it writes to files grows with what is uploaded.</summary>
    [Fact]
    public async Task Two_hundred_megabytes_stream_past()
    {
        DemoProcess demo = await demos.OnAsync("memory");
        using DemoClient client = demo.NewClient();

        // What is needed once for such a request is there after the first one.
        await UploadAsync(client, "/api/upload", Megabyte);
        Usage before = Usage.Of(demo.Id);
        Assert.Equal(HttpStatusCode.OK, await UploadAsync(client, "/api/upload", 200 * Megabyte));
        Usage after = Usage.Of(demo.Id);
        Assert.InRange(after.PeakMemory - before.PeakMemory, 0, 64L * Megabyte);
        Assert.InRange(after.Written - before.Written, 0, 4L * Megabyte);

        // Where a token is looked for in the form, it is put down, as ASP.NET Core does with forms: this is what would be seen above.
        await UploadAsync(client, "/api/notes", 20 * Megabyte);
        Assert.True(Usage.Of(demo.Id).Written - after.Written > 20L * Megabyte);
    }

    [Fact]
    public async Task What_is_no_form_with_parts_is_refused()
    {
        using DemoClient client = await demos.ClientOfAsync("memory");
        using HttpResponseMessage answer = await client.SendAsync(HttpMethod.Post, "/api/upload", new StringContent("x"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    private static async Task<HttpStatusCode> UploadAsync(DemoClient client, string path, long size)
    {
        var part = new ZeroContent(size);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using HttpResponseMessage answer = await client.SendAsync(HttpMethod.Post, path, new MultipartFormDataContent { { part, "file", "a.bin" } });
        return answer.StatusCode;
    }

    /// <summary>So many bytes that are nowhere.</summary>
    private sealed class ZeroContent(long size) : HttpContent
    {
        private static readonly byte[] Piece = new byte[64 * 1024];

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (long left = size; left > 0; left -= Piece.Length)
            {
                await stream.WriteAsync(Piece.AsMemory(0, (int)Math.Min(left, Piece.Length)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = size;
            return true;
        }
    }

    /// <summary>What the kernel has counted of a process, in bytes: what it has had in memory at most, and what it has written to files.</summary>
    private sealed record Usage(long PeakMemory, long Written)
    {
        internal static Usage Of(int process) => new(Number($"/proc/{process}/status", "VmHWM:") * 1024, Number($"/proc/{process}/io", "wchar:"));

        private static long Number(string file, string name) =>
            long.Parse(File.ReadLines(file).Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
