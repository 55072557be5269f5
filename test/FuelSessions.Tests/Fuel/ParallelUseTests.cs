using FuelSessions.Drivers;
using FuelSessions.Records;

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
