using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Memcached.Servers;

/// <summary>
/// Which server holds a key: the one with the next point on a circle of 32-bit hashes. Weighted ketama, point for point
/// as in libmemcached (MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED), so that other clients of the same servers agree.
/// </summary>
internal sealed class KetamaRing
{
    private const int PointsPerServer = 160;
    private const int PointsPerHash = 4;

    private readonly uint[] _points;
    private readonly int[] _owners;
    private readonly int _servers;

    internal KetamaRing(IReadOnlyList<MemcachedServer> servers)
    {
        _servers = servers.Count;
        long totalWeight = servers.Sum(server => (long)server.Weight);
        var points = new List<(uint Point, int Owner)>(servers.Count * PointsPerServer);
        for (int owner = 0; owner < servers.Count; owner++)
        {
            AddPoints(servers[owner], owner, totalWeight, points);
        }

        points.Sort();
        _points = [.. points.Select(point => point.Point)];
        _owners = [.. points.Select(point => point.Owner)];
    }

    /// <summary>The number of the server that holds a key with that hash.</summary>
    internal int Find(uint hash) => _servers == 1 ? 0 : _owners[IndexOf(hash)];

    /// <summary>The same among the servers that are not out: the owner of the next point that is not one of theirs.</summary>
    /// <returns>The server's number; the key's own server if all are out.</returns>
    internal int Find(uint hash, Func<int, bool> isOut)
    {
        int home = Find(hash);
        if (_servers == 1 || !isOut(home))
        {
            return home;
        }

        int start = IndexOf(hash);
        for (int step = 1; step < _owners.Length; step++)
        {
            int owner = _owners[(start + step) % _owners.Length];
            if (owner != home && !isOut(owner))
            {
                return owner;
            }
        }

        return home;
    }

    private int IndexOf(uint hash)
    {
        int low = 0;
        for (int high = _points.Length; low < high;)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = _points[middle] < hash ? (middle + 1, high) : (low, middle);
        }

        return low == _points.Length ? 0 : low;
    }

    private void AddPoints(MemcachedServer server, int owner, long totalWeight, List<(uint Point, int Owner)> points)
    {
        // The precision of each step is libmemcached's: it decides how a share is rounded.
        float share = server.Weight / (float)totalWeight;
        float scaled = (float)((share * PointsPerServer / PointsPerHash * _servers) + 0.0000000001);
        int hashes = (int)MathF.Floor(scaled);
        string name = server.Port == MemcachedServer.DefaultPort
            ? server.Host
            : string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}");
        for (int number = 0; number < hashes; number++)
        {
            byte[] hash = MD5.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}-{number}")));
            for (int part = 0; part < PointsPerHash; part++)
            {
                points.Add((BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(part * sizeof(uint))), owner));
            }
        }
    }
}
