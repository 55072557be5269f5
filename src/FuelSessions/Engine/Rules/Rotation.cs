using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>From which secret to which a session is rotated, and who can know the latter [R1, R10].</summary>
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

    /// <summary>
    /// The record's current secret, as far as the holder of <paramref name="held"/> may know it: the secret itself, or
    /// the one derived from it [R1]; null if the record has moved on too far, or was revoked.
    /// </summary>
    internal static SessionSecret? CurrentSecret(SessionRecord record, SessionSecret held)
    {
        SecretHash hash = held.Hash();
        if (hash.Equals(record.CurrentHash))
        {
            return held;
        }

        return !record.PreviousRevoked && record.Nonce is { } nonce && record.PreviousHash is { } previous && hash.Equals(previous)
            ? held.Next(nonce)
            : null;
    }

    internal SessionRecord Apply(SessionRecord record, DateTimeOffset now) => record with
    {
        CurrentHash = To.Hash(),
        LastRotation = (record.CurrentHash, Nonce, From is { } from ? To.SealPrevious(from, Nonce) : default),
        PreviousRevoked = Revokes,
        Epoch = record.Epoch + (Revokes ? 1u : 0u),
        TokenSecret = Revokes || record.TokenSecret is not { } tokens ? null : To.SealTokenSecret(From!.OpenTokenSecret(tokens)),

        // Whoever a session is handed to begins without one [B6].
        Binding = Revokes ? null : record.Binding,
        Rotated = now,
        IsRotationDue = false,
        Confirmed = null,
    };
}
