using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request has of a session: one that begins, one that is stored, or nothing that can be saved.</summary>
internal abstract class Standing
{
    internal abstract SessionState State { get; }

    internal abstract SessionKey Key { get; }

    /// <summary>The newest secret that the request knows; null if it came with a token, whose holder may learn none [C6].</summary>
    internal abstract SessionSecret? Secret { get; }

    /// <summary>The id that goes with the secret.</summary>
    internal SessionId? Id => Secret is { } secret ? new SessionId(Key, secret) : null;

    /// <summary>Whether the session began in this request.</summary>
    internal abstract bool BeganHere { get; }

    internal abstract DateTimeOffset Created { get; }

    /// <summary>What is stored of it, as far as the request knows; null: nothing was yet.</summary>
    internal virtual SessionRecord? Record => null;

    /// <summary>Whether the session was found by a token, whose holder may learn no id [C6].</summary>
    internal bool IsByToken => Secret is null;
}

/// <summary>A session that is not stored yet [R7].</summary>
internal class Fresh(SessionId id, DateTimeOffset began) : Standing
{
    /// <summary>What the request had, and has not ended for this one; null: nothing.</summary>
    internal virtual Standing? Left => null;

    internal override SessionState State => SessionState.New;

    internal override SessionKey Key => id.Key;

    internal override SessionSecret Secret => id.Secret;

    internal override bool BeganHere => true;

    internal override DateTimeOffset Created => began;
}

/// <summary>One that begins in the place of what stays as it is.</summary>
internal sealed class FreshApart(SessionId id, DateTimeOffset began, Standing left) : Fresh(id, began)
{
    internal override Standing Left => left;
}

/// <summary>A session that is stored, and to whose record this request has proved its right.</summary>
/// <param name="tokens">The secret of its tokens, as far as the request knows it [C6].</param>
/// <param name="found">The epoch in which the request found it; null: it began here.</param>
internal sealed class Kept(SessionRecord record, SessionSecret? secret, SessionSecret? tokens, uint? found) : Standing
{
    internal override SessionState State => SessionState.Active;

    internal override SessionKey Key => record.Key;

    internal override SessionSecret? Secret => secret;

    internal override bool BeganHere => found is null;

    internal override DateTimeOffset Created => record.Created;

    internal override SessionRecord Record => record;

    internal SessionSecret? Tokens => tokens;

    /// <summary>Whether nobody but this response could tell the client a good id: it began here, or every earlier one was revoked here [C7].</summary>
    internal bool IsNewToAll => found != record.Epoch;

    /// <summary>The same with what this request has stored.</summary>
    internal Kept With(SessionRecord stored, SessionSecret? current, SessionSecret? known) => new(stored, IsByToken ? null : current ?? secret, known, found);

    /// <summary>The same with what another request has stored, and the secret of that as far as this one may know it.</summary>
    internal Kept With(SessionRecord stored) => With(stored, CurrentSecret(stored), tokens);

    /// <summary>The secret of the tokens that the record knows; null: it has none, or the request may not know it.</summary>
    internal SessionSecret? StoredTokens() =>
        record.TokenSecret is not { } stored ? null
        : tokens is not null && stored.IsOf(tokens) ? tokens
        : CurrentSecret(record)?.OpenTokenSecret(stored);

    internal SessionSecret? CurrentSecret(SessionRecord stored) => secret is null ? null : Rotation.CurrentSecret(stored, secret);
}

/// <summary>What is left of a session that this request can't save: it is detached, destroyed or gone.</summary>
/// <param name="was">What it had until then; of one that it never had, a new one that nobody is told of.</param>
/// <param name="isRefused">Whether changes are refused aloud at any save, as the client's id is good and another client's [R11].</param>
internal sealed class Apart(SessionState state, Standing was, bool isRefused = false) : Standing
{
    internal override SessionState State => state;

    internal override SessionKey Key => was.Key;

    internal override SessionSecret? Secret => was.Secret;

    internal override bool BeganHere => state != SessionState.Detached && was.BeganHere;

    internal override DateTimeOffset Created => was.Created;

    internal override SessionRecord? Record => was.Record;

    internal bool IsRefused => isRefused;

    /// <summary>Whether something that the app has asked for is lost with it, and no save has said so.</summary>
    internal bool IsUntold { get; set; }

    internal Apart As(SessionState other) => new(other, was);
}
