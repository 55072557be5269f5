namespace FuelSessions.Tool.Stores;

/// <summary>How far the store's clock is from this machine's. Nodes may be two minutes apart before a session suffers from it.</summary>
internal static class ClockSkew
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(30);

    internal static Finding Found(DateTimeOffset there)
    {
        TimeSpan apart = (there - TimeProvider.System.GetUtcNow()).Duration();
        return new Finding("clock", $"{apart.TotalSeconds:0.0} s from this machine's", apart < Tolerated ? null : "Let both follow a time server: sessions end by their node's clock, and ids that differ by more than two minutes are taken for stolen ones.");
    }
}
