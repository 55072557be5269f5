using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>What became of one write, as its writer was told; a line of what a writing process says.</summary>
internal readonly record struct WriteReport(WriteOutcome Outcome, Nonce Nonce, SessionKey Session)
{
    internal static WriteReport Parse(string line) =>
        line.Split(' ') is [string outcome, string nonce, string session] && SessionKey.TryParseHex(session, out SessionKey key)
            ? new WriteReport(Enum.Parse<WriteOutcome>(outcome), Nonce.Parse(nonce), key)
            : throw new FormatException($"No report of a write: '{line}'.");

    public override string ToString() => $"{Outcome} {Nonce} {Session.ToHex()}";
}
