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
