using System.Globalization;
using System.Text;
using FuelSessions.Memcached.Items;
using FuelSessions.Memcached.Servers;

namespace FuelSessions.Memcached.Tests.Ketama;

/// <summary>The vectors come from libmemcached itself; vectors.c tells how.</summary>
public sealed class KetamaRingTests
{
    [Fact]
    public void Every_key_goes_where_libmemcached_sends_it()
    {
        KetamaRing? ring = null;
        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Ketama", "vectors.txt")))
        {
            string[] words = line.Split(' ');
            if (words[0] == "servers")
            {
                ring = new KetamaRing([.. words[1..].Select(Server)]);
                continue;
            }

            Assert.Equal(int.Parse(words[1], CultureInfo.InvariantCulture), ring!.Find(ItemKey.HashOf(Encoding.ASCII.GetBytes(words[0]))));
            compared++;
        }

        Assert.Equal(1200, compared);
    }

    [Fact]
    public void Without_a_server_only_its_keys_move()
    {
        var ring = new KetamaRing([.. Enumerable.Range(1, 5).Select(number => new MemcachedServer($"10.0.0.{number}"))]);
        int[] moved = new int[5];
        for (uint hash = 0; hash < 10_000; hash++)
        {
            uint key = hash * 429_496;
            int home = ring.Find(key);
            int now = ring.Find(key, server => server == 2);
            Assert.NotEqual(2, now);
            if (home != 2)
            {
                Assert.Equal(home, now);
            }

            moved[now] += home == 2 ? 1 : 0;
        }

        // Spread over the others, not given to one of them.
        Assert.All([0, 1, 3, 4], server => Assert.NotEqual(0, moved[server]));
    }

    [Fact]
    public void A_key_keeps_its_server_when_all_are_out()
    {
        var ring = new KetamaRing([new MemcachedServer("a"), new MemcachedServer("b")]);
        Assert.Equal(ring.Find(12345), ring.Find(12345, _ => true));
    }

    private static MemcachedServer Server(string text)
    {
        string[] parts = text.Split(':');
        return new MemcachedServer(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
