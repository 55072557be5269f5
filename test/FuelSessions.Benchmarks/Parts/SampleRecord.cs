using System.Globalization;
using System.Text;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Parts;

/// <summary>A session that is an hour old, was rotated once, and belongs to somebody.</summary>
internal static class SampleRecord
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    internal static SessionRecord Of(ReadOnlyMemory<byte> data)
    {
        var before = SessionSecret.Create();
        RotationNonce nonce = RotationNonce.Create();
        SessionSecret current = before.Next(nonce);
        return new SessionRecord
        {
            Key = SessionKey.Create(),
            Version = 12,
            CurrentHash = current.Hash(),
            PreviousHash = before.Hash(),
            Nonce = nonce,
            SealedPrevious = current.SealPrevious(before, nonce),
            Created = Now.AddHours(-1),
            Rotated = Now.AddMinutes(-1),
            Confirmed = Now.AddSeconds(-50),
            Updated = Now,
            Expires = Now.AddHours(2),
            Lifetime = TimeSpan.FromHours(2),
            UserAgentHash = 1,
            UserAgentFamilyHash = 2,
            IpHash = 3,
            Principal = "user-1234567",
            Data = data,
        };
    }

    /// <summary>Encoded variables <c>v0</c>, <c>v1</c>, …, each a text of so many characters, and a <c>counter</c> at the end.</summary>
    internal static ReadOnlyMemory<byte> Variables(int count, int length)
    {
        var map = new VariableMap();
        byte[] value = Encoding.UTF8.GetBytes($"\"{new string('x', length)}\"");
        for (int index = 0; index < count - 1; index++)
        {
            map.Set(VariablePath.Parse(string.Create(CultureInfo.InvariantCulture, $"v{index}")), value);
        }

        map.Set(VariablePath.Parse("counter"), "41"u8.ToArray());
        return map.Encode(stamp: 1);
    }
}
