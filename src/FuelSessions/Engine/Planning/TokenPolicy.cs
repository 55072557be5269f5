using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What becomes of the secret that a session's tokens carry, one for each epoch [C6].</summary>
internal static class TokenPolicy
{
    /// <summary>Whether the token that this request has made is not good: others were given another secret meanwhile.</summary>
    internal static bool IsLost(SessionRecord basis, Rotation? rotation, in Intent intent) =>
        intent.Tokens is { } made && rotation is not { Revokes: true } && basis.TokenSecret?.IsOf(made) is false;

    /// <summary>The secret to store in that record's place, which has none, or none that outlives the rotation; null: there is to be no other.</summary>
    internal static SessionSecret? NewFor(SessionRecord basis, Rotation? rotation, in Intent intent, FuelSessionsOptions options)
    {
        bool isNewEpoch = rotation is { Revokes: true };
        return !isNewEpoch && basis.TokenSecret is not null ? null : intent.Tokens ?? New(isNewEpoch && (basis.TokenSecret is not null || options.TakesTokens));
    }

    /// <summary>Null if nobody wants one.</summary>
    internal static SessionSecret? New(bool isWanted) => isWanted ? SessionSecret.Create() : null;
}
