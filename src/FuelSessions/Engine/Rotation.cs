using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>A rotation that was asked for: from which secret, to which.</summary>
/// <param name="Revokes">Whether every earlier id becomes stale at once [R10].</param>
internal sealed record Rotation(SessionSecret? From, RotationNonce Nonce, SessionSecret To, bool Revokes)
{
    /// <summary>To the secret derived from the current one [R1].</summary>
    internal static Rotation Ordinary(SessionSecret from)
    {
        var nonce = RotationNonce.Create();
        return new Rotation(from, nonce, from.Next(nonce), Revokes: false);
    }

    /// <summary>To a secret drawn at random: nobody who knows an earlier one, and the store as well, can find it.</summary>
    internal static Rotation Revoking(SessionSecret? from) => new(from, RotationNonce.Create(), SessionSecret.Create(), Revokes: true);

    internal SessionRecord Apply(SessionRecord record, DateTimeOffset now) => record with
    {
        CurrentHash = To.Hash(),
        PreviousHash = record.CurrentHash,
        Nonce = Nonce,
        SealedPrevious = From is { } from ? To.SealPrevious(from, Nonce) : default,
        PreviousRevoked = Revokes,
        Epoch = record.Epoch + (Revokes ? 1u : 0u),
        TokenSecret = Revokes || record.TokenSecret is not { } tokens ? null : To.SealTokenSecret(From!.OpenTokenSecret(tokens)),
        Rotated = now,
        Confirmed = null,
    };
}
