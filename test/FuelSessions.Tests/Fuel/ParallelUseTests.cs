using System.Globalization;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Fuel;

/// <summary>Threads of one request that use its session at once lose nothing.</summary>
public class ParallelUseTests
{
    private const int Threads = 8;
    private const int Each = 200;

    [Theory, EveryDriver]
    public async Task ParallelChangesInOneRequestAreExact(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        for (int request = 0; request < 2; request++)
        {
            await site.Visit(s => InParallel(thread =>
            {
                for (int i = 0; i < Each; i++)
                {
                    s.Increment("n");
                    s.Increment($"by.{thread}");
                    s.Update<int>("updated", n => n + 1);
                    s.Set($"own{thread}", i).SetFlash($"f{thread}", i);
                    Assert.Equal(i, s.Get<int>($"own{thread}"));
                    Assert.Equal(i, s.GetFlash<int>($"f{thread}", expire: false));
                    Assert.NotEmpty(s.All());
                }
            }));
        }

        await site.Visit(s =>
        {
            Assert.Equal(2 * Threads * Each, s.Get<int>("n"));
            Assert.Equal(2 * Threads * Each, s.Get<int>("updated"));
            Assert.All(Enumerable.Range(0, Threads), thread => Assert.Equal(2 * Each, s.Get<int>($"by.{thread}")));
            Assert.Equal(Threads, s.GetFlash().Count);
        });
    }

    /// <summary>As GraphQL resolvers do, of which each asks for the session itself, and none is known to be the first.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ParallelCodeIsGivenOneSession(bool isNew)
    {
        const int Requests = 20;
        await using TestApp app = await TestApp.StartAsync(_ => { }, web =>
        {
            web.MapGet("/begin", (Session s) => s.Set("begun", true).Fingerprint);
            web.MapGet("/sum", (Session s) => s.Get<int>("n").ToString(CultureInfo.InvariantCulture));
            for (int request = 0; request < Requests; request++)
            {
                // An endpoint that has used its session before would have it read ahead.
                web.MapGet($"/parallel/{request}", (ISessionStore sessions) =>
                {
                    InParallel(_ =>
                    {
                        sessions.Current.Increment("n");
                        Session.Forge("memory").Increment("n");
                    });
                    return "done";
                });
            }
        });
        for (int request = 0; request < Requests; request++)
        {
            TestBrowser browser = app.NewBrowser();
            if (!isNew)
            {
                await browser.TextAsync("/begin");
            }

            Assert.Equal("done", await browser.TextAsync($"/parallel/{request}"));
            Assert.Equal((2 * Threads).ToString(CultureInfo.InvariantCulture), await browser.TextAsync("/sum"));
        }
    }

    /// <summary>Two that wait for the store at once: what the first one does is not undone by what the other one has read, and no flash variable ages twice.</summary>
    [Fact]
    public async Task WhatOneReadsLateTakesNothingFromTheOther()
    {
        HeldReads? held = null;
        await using TestApp app = await TestApp.StartAsync(
            _ => { },
            web =>
            {
                web.MapGet("/begin", (Session s) => s.Set("n", 1).SetFlash("told", 7).Fingerprint);
                web.MapGet("/both", async (ISessionStore sessions) =>
                {
                    held!.Holds = true;
                    Task<Session> first = sessions.ForgeAsync(), second = sessions.ForgeAsync();
                    held.Let(0);
                    (await first).Increment("n");
                    held.Let(1);
                    return $"{(await second).Increment("n")} {(await second).GetFlash<int>("told")}";
                });
                web.MapGet("/look", (Session s) => $"{s.Get<int>("n")} {s.GetFlash<int>("told")}");
            },
            sessions => sessions.DecorateDriver("memory", (inner, _) => held = new HeldReads(inner)));
        TestBrowser browser = app.NewBrowser();
        await browser.TextAsync("/begin");
        Assert.Equal("3 7", await browser.TextAsync("/both"));
        held!.Holds = false;
        Assert.Equal("3 0", await browser.TextAsync("/look"));
    }

    /// <summary>What saves belongs to one thread; another one may go on with the variables meanwhile. It is in what is stored as a whole, or is stored next.</summary>
    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    public async Task WhatAnotherThreadChangesWhileTheSessionIsSavedIsSavedToo(bool explicitly, bool isNew, bool isOvertaken)
    {
        BusyDriver? driver = null;
        await using Site site = await Site.StartAsync("memory", drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new BusyDriver(inner)));
        if (!isNew)
        {
            await site.Visit(s => s.Increment("n"));
        }

        await site.VisitAsync(async s =>
        {
            s.Increment("n");
            driver!.IsOvertaken = isOvertaken;
            driver.Meanwhile = () => {
                s.Increment("n");
                s.Set("late", true).SetFlash("told", 1);
            };
            if (explicitly)
            {
                await s.SaveAsync();
                Assert.Equal((isNew ? 2 : 3, true, 1), (s.Get<int>("n"), s.Get<bool>("late"), s.GetFlash<int>("told", expire: false)));
            }
        });
        Assert.Null(driver!.Meanwhile);
        Assert.Equal((isNew ? 2 : 3, true, 1), await site.Visit(s => (s.Get<int>("n"), s.Get<bool>("late"), s.GetFlash<int>("told"))));
    }

    /// <summary>All of them or none, and what came before them counts once.</summary>
    [Fact]
    public async Task ManyThatAreRefusedWhileTheSessionIsSavedLeaveNothing()
    {
        BusyDriver? driver = null;
        await using Site site = await Site.StartAsync("memory", drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new BusyDriver(inner)));
        await site.Visit(s => s.Increment("n"));
        await site.VisitAsync(async s =>
        {
            s.Increment("n");
            driver!.Meanwhile = () =>
            {
                s.Increment("n");
                s.Set("list", new[] { 1 });
                Assert.Throws<ArgumentOutOfRangeException>(() => s.Set(new Dictionary<string, object?> { ["refused"] = 1, ["list.9"] = 2 }));
            };
            await s.SaveAsync();
            Assert.Equal((3, false), (s.Get<int>("n"), s.Has("refused")));
        });
        Assert.Null(driver!.Meanwhile);
        Assert.Equal((3, false), await site.Visit(s => (s.Get<int>("n"), s.Has("refused"))));
    }

    /// <summary>While it writes, once, something else happens; and another writer may be faster.</summary>
    private sealed class BusyDriver(ISessionDriver inner) : DelegatingSessionDriver(inner)
    {
        internal Action? Meanwhile { get; set; }

        internal bool IsOvertaken { get; set; }

        public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
        {
            if (IsOvertaken && await base.ReadAsync(record.Key, cancellationToken) is { } stored)
            {
                IsOvertaken = false;
                await base.WriteAsync(stored with { Version = stored.Version + 1 }, cancellationToken);
                return await base.WriteAsync(record, cancellationToken);
            }

            if (Meanwhile is { } meanwhile)
            {
                Meanwhile = null;
                await Task.Run(meanwhile, cancellationToken);
            }

            return await base.WriteAsync(record, cancellationToken);
        }
    }

    /// <summary>Its reads are under way until they are let go.</summary>
    private sealed class HeldReads(ISessionDriver inner) : DelegatingSessionDriver(inner)
    {
        private readonly List<TaskCompletionSource> _reads = [];

        internal bool Holds { get; set; }

        internal void Let(int read) => _reads[read].SetResult();

        public override async ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            SessionRecord? record = await base.ReadAsync(key, cancellationToken);
            if (Holds)
            {
                var read = new TaskCompletionSource();
                _reads.Add(read);
                await read.Task;
            }

            return record;
        }
    }

    private static void InParallel(Action<int> work)
    {
        using var start = new Barrier(Threads);
        List<Exception> errors = [];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                work(number);
            }
            catch (Exception error)
            {
                lock (errors)
                {
                    errors.Add(error);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(errors);
    }
}
