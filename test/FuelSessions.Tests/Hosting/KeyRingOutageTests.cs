using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Xml.Linq;
using FuelSessions.Drivers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>Data Protection reports a key ring that can't be read as it reports a forged text: as "can't be decrypted".</summary>
public class KeyRingOutageTests
{
    [Fact]
    public async Task A_key_ring_that_can_not_be_read_logs_nobody_out()
    {
        var keys = new KeyRing();
        await using TestApp first = await StartAsync(keys);
        using TestBrowser browser = first.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));

        // A node that starts while the store of the keys is away.
        keys.IsAway = true;
        await using TestApp second = await StartAsync(keys);
        using TestBrowser same = second.NewBrowser();
        same.Jar["xid"] = browser.Jar["xid"];
        TestResponse response = await same.GetAsync("/count");

        Assert.Equal(500, (int)response.Status);
        Assert.Null(response.Cookie("xid"));
        Assert.Contains(second.Logs.Lines, line => line.Error is SessionStoreException error && error.Message.Contains("keys", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_ring_that_hangs_holds_no_request_longer_than_the_store_may()
    {
        var keys = new HangingKeys();
        var timeout = TimeSpan.FromMilliseconds(400);
        var took = Stopwatch.StartNew();
        ConcurrentQueue<Exception> told = new();
        using var running = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using TestApp app = await TestApp.StartAsync(
            options => options.StoreTimeout = timeout,
            web => web.MapGet("/count", (Session session) => session.Increment("counter").ToString()),
            before: web => web.UseExceptionHandler(errors => errors.Run(context =>
            {
                told.Enqueue(context.Features.GetRequiredFeature<IExceptionHandlerFeature>().Error);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return context.Response.WriteAsync("Try again.");
            })),
            drivers: builder => builder.DecorateDriver("memory", (inner, _) => new Keeping(inner, keys)).PersistDataProtectionKeys("memory"),
            services: services => services.Replace(ServiceDescriptor.Singleton(HangingKeys.NewProvider)));
        try
        {
            // All of them at once, and again: each is told, and none sends a cookie.
            for (int round = 0; round < 2; round++)
            {
                TestResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
                {
                    using TestBrowser browser = app.NewBrowser();
                    return await browser.GetAsync("/count").WaitAsync(running.Token);
                }));
                Assert.All(answers, answer => Assert.Equal((503, "Try again.", 0), ((int)answer.Status, answer.Body, answer.SetCookies.Length)));
            }

            // As what it is, and once.
            Assert.Equal(24, told.Count);
            Assert.All(told, error => Assert.Contains("(StoreTimeout)", Assert.IsType<SessionStoreException>(error).Message, StringComparison.Ordinal));

            // However many wait for it, it is asked once in so long.
            Assert.InRange(keys.Asked, 1, 1 + (took.Elapsed / timeout));
        }
        finally
        {
            keys.GoOn();
        }

        // As soon as the store answers.
        using TestBrowser later = app.NewBrowser();
        while ((await later.GetAsync("/count")).Body != "1")
        {
            running.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Each that waits for the keys takes a thread from the answer that brings them.</summary>
    [Fact]
    public async Task While_the_keys_can_not_be_loaded_one_at_a_time_waits_for_them()
    {
        using var waits = new ManualResetEventSlim();
        using var loaded = new ManualResetEventSlim();
        var protector = new Protector { Run = () => throw new CryptographicException("It can't be decrypted.", new TimeoutException("The keys are away.")) };
        var text = new ProtectedText(protector, "memory");
        Assert.Throws<SessionStoreException>(() => text.Protect([1]));

        protector.Run = () =>
        {
            waits.Set();
            loaded.Wait();
            return [1];
        };
        Task<string> first = Task.Run(() => text.Protect([1]));
        waits.Wait();
        SessionStoreException told = await Task.Run(() => Assert.Throws<SessionStoreException>(() => text.Protect([1]))).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains("The keys are away.", told.Message, StringComparison.Ordinal);

        // From then on as many as come.
        loaded.Set();
        Assert.Equal("AQ", await first);
        using var both = new Barrier(2);
        protector.Run = () =>
        {
            both.SignalAndWait();
            return [1];
        };
        Assert.Equal(["AQ", "AQ"], await Task.WhenAll(Task.Run(() => text.Protect([1])), Task.Run(() => text.Protect([1]))).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private static Task<TestApp> StartAsync(KeyRing keys) => TestApp.StartAsync(
        options => options.Driver = "memory",
        app => app.MapGet("/count", (Session session) => session.Increment("counter").ToString()),
        services: services => services.AddSingleton(keys.NewProvider()));

    private sealed class Protector : IDataProtector
    {
        internal required Func<byte[]> Run { get; set; }

        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => Run();

        public byte[] Unprotect(byte[] protectedData) => Run();
    }

    private sealed class Keeping(ISessionDriver inner, IXmlRepository keys) : DelegatingSessionDriver(inner), IKeepDataProtectionKeys
    {
        public IXmlRepository DataProtectionKeys => keys;
    }

    /// <summary>A store that does not answer until it is told to.</summary>
    private sealed class HangingKeys : IXmlRepository
    {
        private readonly ManualResetEventSlim _answers = new();
        private readonly List<XElement> _elements = [];
        private int _asked;

        internal int Asked => Volatile.Read(ref _asked);

        internal static IDataProtectionProvider NewProvider(IServiceProvider services)
        {
            // The test's app has keys of its own in memory: these are to be those of the store.
            var collection = new ServiceCollection();
            collection.AddDataProtection().SetApplicationName("app");
            collection.Configure<KeyManagementOptions>(options => options.XmlRepository = services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository);
            return collection.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
        }

        internal void GoOn() => _answers.Set();

        public IReadOnlyCollection<XElement> GetAllElements()
        {
            Interlocked.Increment(ref _asked);
            _answers.Wait();
            lock (_elements)
            {
                return [.. _elements];
            }
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            lock (_elements)
            {
                _elements.Add(element);
            }
        }
    }
}
