using System.Buffers.Binary;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>A place that a sign-in has taken, and for how long at most [A10].</summary>
internal readonly record struct TakenPlace(SessionKey Key, DateTimeOffset Until)
{
    private const int Size = SessionKey.Size + sizeof(long);

    internal static IEnumerable<TakenPlace> Read(ReadOnlyMemory<byte> data)
    {
        for (; data.Length >= Size; data = data[Size..])
        {
            yield return new TakenPlace(
                SessionKey.FromBytes(data.Span[..SessionKey.Size]),
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(data.Span[SessionKey.Size..])));
        }
    }

    internal static byte[] Write(IReadOnlyList<TakenPlace> places)
    {
        byte[] data = new byte[places.Count * Size];
        for (int i = 0; i < places.Count; i++)
        {
            Span<byte> place = data.AsSpan(i * Size, Size);
            places[i].Key.WriteTo(place);
            BinaryPrimitives.WriteInt64BigEndian(place[SessionKey.Size..], places[i].Until.ToUnixTimeMilliseconds());
        }

        return data;
    }
}
