using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

public enum StartState
{
    /// <summary>One id, confirmed, never rotated.</summary>
    Fresh,

    /// <summary>Rotated half a minute ago; nobody has presented the new id yet.</summary>
    Unconfirmed,

    /// <summary>Rotated and confirmed half a minute ago: the previous id is still good.</summary>
    InGrace,

    /// <summary>Rotated and confirmed ten minutes ago: the previous id is stale.</summary>
    GraceOver,

    /// <summary>Half a minute after a revoking rotation whose id was not presented yet.</summary>
    Revoked,

    /// <summary>The same, and the id was presented.</summary>
    RevokedAndConfirmed,
}

/// <summary>What the store holds when the requests begin, and which ids there are.</summary>
internal sealed class Start
{
    internal static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    internal static readonly TimeSpan LongerLifetime = TimeSpan.FromDays(1);

    internal Start(StartState state, bool touchDue = false, string? principal = null, StaleIdAction onStaleId = StaleIdAction.Ignore)
    {
        (State, TouchDue, Principal, OnStaleId) = (state, touchDue, principal, onStaleId);
        var stale = SessionSecret.Create();
        var key = SessionKey.Create();
        DateTimeOffset longAgo = Now - TimeSpan.FromHours(1);
        var data = new VariableMap();
        data.Set(VariablePath.Parse(Variables.Base), ValueSerializer.WriteInteger(1));
        var record = new SessionRecord
        {
            Key = key,
            Version = 7,
            CurrentHash = stale.Hash(),
            Created = longAgo,
            Rotated = longAgo,
            Confirmed = longAgo,
            Updated = longAgo,
            Expires = Now + Lifetime + (touchDue ? -TimeSpan.FromMinutes(5) : TimeSpan.FromMinutes(1)),
            Lifetime = Lifetime,
            Principal = principal,
            Data = data.Encode(stamp: 0),
        };

        SessionSecret current = stale;
        SessionSecret previous = stale;
        record = record with { TokenSecret = current.SealTokenSecret(SessionSecret.Create()) };
        void Turn(Rotation rotation, DateTimeOffset when)
        {
            record = rotation.Apply(record, when);
            (previous, current) = (current, rotation.To);
        }

        stale = SessionSecret.Create();
        if (state != StartState.Fresh)
        {
            // The record has forgotten the stale id: two rotations ago.
            stale = current;
            Turn(Rotation.Ordinary(current), longAgo);
            DateTimeOffset rotated = Now - (state == StartState.GraceOver ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(30));
            Turn(state is StartState.Revoked or StartState.RevokedAndConfirmed ? Rotation.Revoking(current) : Rotation.Ordinary(current), rotated);
            record = record with
            {
                Confirmed = state is StartState.Unconfirmed or StartState.Revoked ? null : rotated,
                TokenSecret = record.TokenSecret ?? current.SealTokenSecret(SessionSecret.Create()),
            };
            Previous = new KnownId(key, previous);
        }

        Current = new KnownId(key, current);
        Token = new(key, null, current.OpenTokenSecret(record.TokenSecret!), TravelsBack: false);
        Stale = new KnownId(key, stale);
        Record = record;
        bool previousIsGood = state is StartState.Unconfirmed or StartState.InGrace;
        Good = previousIsGood ? [Previous!, Current] : [Current];
    }

    internal StartState State { get; }

    internal bool TouchDue { get; }

    internal string? Principal { get; }

    internal StaleIdAction OnStaleId { get; }

    internal SessionRecord Record { get; }

    internal SessionKey Key => Record.Key;

    internal KnownId Current { get; }

    internal KnownId? Previous { get; }

    internal KnownId Stale { get; }

    /// <summary>The ids that open the session, the current one last. Said here anew, not asked of the engine.</summary>
    internal KnownId[] Good { get; }

    internal bool Has(Presents presents) => presents != Presents.Previous || Previous is not null;

    /// <summary>Null for a token.</summary>
    internal KnownId? IdFor(Presents presents) => presents switch
    {
        Presents.Current => Current,
        Presents.Previous => Previous,
        Presents.Stale => Stale,
        _ => null,
    };

    /// <summary>What a token stands for that was made now.</summary>
    internal PresentedId Token { get; }

    public override string ToString() =>
        $"{State}{(TouchDue ? ", touch due" : "")}{(Principal is null ? "" : ", of " + Principal)}{(OnStaleId == StaleIdAction.Destroy ? ", theft destroys" : "")}";
}
