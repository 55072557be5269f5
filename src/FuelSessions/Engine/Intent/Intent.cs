using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request wants of its session besides its variables [W3, W7, R9, R10, C6], and is not stored yet.</summary>
internal sealed record Intent
{
    /// <summary>Nothing, as nearly always.</summary>
    internal static readonly Intent None = new();

    /// <summary>The rotation that was asked for; the app sees its id already.</summary>
    internal Rotation? Rotation { get; init; }

    /// <summary>Whether who presents the id next is to rotate it [R9].</summary>
    internal bool MakesRotationDue { get; init; }

    internal Attachment? Attachment { get; init; }

    /// <summary>How long the session is to live from its last use on; null: as it did.</summary>
    internal TimeSpan? Lifetime { get; init; }

    /// <summary>The session that is to be destroyed, whatever was begun in its place [W6].</summary>
    internal Kept? Ends { get; init; }

    /// <summary>The secret of the tokens that the request has made of a session which has none [C6].</summary>
    internal SessionSecret? Tokens { get; init; }

    /// <summary>
    /// With another id [R9, R10]: the second one that is asked for is the first one, unless it is to revoke what the first one does not.
    /// </summary>
    /// <param name="shown">The secret that was presented: the holder of the previous one has what it asks for, as the current one is new to it [R4, R9].</param>
    internal Intent WithRotation(Standing of, SessionSecret? shown, bool revoke)
    {
        if (Rotation is { } earlier && (earlier.Revokes || !revoke))
        {
            return this;
        }

        if (revoke)
        {
            return this with { Rotation = Rotation.Revoking(of.Secret), Tokens = null };
        }

        // A token does not hold the secret that the next one is derived from: whoever presents the id next rotates it. Were an id replaced that is
        // new to its client, a lost response would leave that one without a good id.
        return of.Secret is not { } held ? this with { MakesRotationDue = true }
            : of.Record?.PreviousHash is { } previous && shown?.Hash().Equals(previous) is true ? this
            : this with { Rotation = Rotation.Ordinary(held) };
    }

    /// <summary>Whether a sign-in is stored, and not known yet to stay: a failure then is no failure of upkeep [A9].</summary>
    internal bool IsArriving { get; init; }

    /// <summary>Whether the request has said whom the session belongs to, and not found it said.</summary>
    internal bool Attaches(SessionRecord read) =>
        Attachment is { } said && (said.IsSignIn || !string.Equals(said.Principal, read.Principal, StringComparison.Ordinal));

    /// <summary>Whether what is to be stored of the owner is this request's word [A1].</summary>
    internal bool SaysOwner(SessionRecord read) => Attaches(read) || Attachment is { IsRest: true };

    /// <summary>Whom it has attached the session to; null: nobody.</summary>
    internal string? AttachedTo(SessionRecord read) => Attaches(read) ? Attachment?.Principal : null;

    /// <summary>Code that sets the same lifetime in each request asks for nothing.</summary>
    internal bool ChangesLifetime(SessionRecord basis) => Lifetime is { } lifetime && lifetime != basis.Lifetime;

    /// <summary>Whether something is to be written for it, apart from a rotation [W7].</summary>
    internal bool IsUnmet(SessionRecord basis, SessionRecord read) =>
        MakesRotationDue || SaysOwner(read) || ChangesLifetime(basis) || (Tokens is not null && basis.TokenSecret is null);

    /// <summary>Whether the app has asked for nothing that is to be stored: what is written all the same is upkeep [F8].</summary>
    internal bool IsNone(SessionRecord read) =>
        Rotation is null && !MakesRotationDue && !IsArriving && !Attaches(read) && !ChangesLifetime(read)
        && (Tokens is null || read.TokenSecret?.IsOf(Tokens) is true);
}
