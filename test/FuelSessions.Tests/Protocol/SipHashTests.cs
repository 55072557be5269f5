using FuelSessions.Engine;

namespace FuelSessions.Tests.Protocol;

/// <summary>The test vectors of the authors: the key is 00 … 0f, the message 00, 01, 02 and so on.</summary>
public class SipHashTests
{
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(7, 0xab0200f58b01d137)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(15, 0xa129ca6149be45e5)]
    [InlineData(63, 0x958a324ceb064572)]
    public void Agrees_with_the_published_vectors(int length, ulong expected)
    {
        byte[] counting = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        Assert.Equal(expected, SipHash.Compute(counting.AsSpan(0, SipHash.KeySize), counting.AsSpan(0, length)));
    }
}
