using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request wants to be stored in the place of a record.</summary>
internal sealed partial class SessionTransaction
{
    // What should be stored instead of that record; null if it already is what this request wants.
    private DraftRecord? Draft(SessionRecord basis, List<(string, long)>? expiring)
    {
        DateTimeOffset now = Now();
        SessionSecret? current = CurrentSecret(basis);
        bool presentsCurrent = PresentsCurrent(basis);
        bool confirms = presentsCurrent && basis.Confirmed is null;
        Rotation? rotation = RotationFor(basis, current, presentsCurrent, now);
        bool content = _changes.Count > 0 || expiring is not null;
        bool firstToken = _tokenSecret is not null && basis.TokenSecret is null;
        StoredTokenSecret? kept = rotation is { Revokes: true } ? null : basis.TokenSecret;
        if (_tokenSecret is not null && kept is not null && !IsOf(kept))
        {
            throw TokenLost();
        }

        if (!content && !HasAttached && !confirms && rotation is null && !_rotateLater && !ChangesLifetime(basis) && !firstToken)
        {
            return null;
        }

        VariableMap data = _data;
        VariableMap flash = _flash;
        if (!ReferenceEquals(basis, _record))
        {
            data = new VariableMap(basis.Data);
            flash = new VariableMap(basis.Flash);
            _changes.Replay(data, flash);
        }

        if (expiring is not null)
        {
            FlashVariables.Remove(expiring, flash);
        }

        TimeSpan lifetime = _newLifetime ?? basis.Lifetime;
        DateTimeOffset expires = ExpiryPolicy.Expires(now, basis.Created, lifetime, Options);
        long version = basis.Version + 1;
        SessionSecret? following = rotation?.To ?? current;
        SessionSecret? tokens = kept is null ? NewTokenSecret(wanted: rotation is { Revokes: true } && (basis.TokenSecret is not null || Options.TakesTokens)) : null;
        if (tokens is not null && following is null)
        {
            throw TokenLost();
        }

        // Hashes under another key, or the first ones.
        bool binds = rotation is not null || tokens is not null || ClientIdentity.IsMissingIn(basis, Options);
        SessionSecret? clientKey = !binds ? null : kept is null ? tokens ?? following : ClientIdentity.KeyOf(kept, _tokenSecret, current);
        SessionRecord next = basis with
        {
            Version = version,
            Updated = now,
            Confirmed = confirms ? now : basis.Confirmed,
            Lifetime = lifetime,
            Expires = ChangesLifetime(basis) || ExpiryPolicy.IsTouchDue(basis, expires, Options) ? expires : basis.Expires,
            Principal = HasAttached ? _principal : basis.Principal,
            Rotated = rotation is null && (_rotateLater || ProlongsCookie(basis)) ? RotationPolicy.Asked : basis.Rotated,
            UserAgentHash = clientKey is null ? basis.UserAgentHash : boundary.Client.UserAgentHash(clientKey, Options),
            UserAgentFamilyHash = clientKey is null ? basis.UserAgentFamilyHash : boundary.Client.UserAgentFamilyHash(clientKey, Options),
            IpHash = clientKey is null ? basis.IpHash : boundary.Client.IpHash(clientKey, Options),
            Data = content ? data.Encode(stamp: 0) : basis.Data,
            Flash = content ? flash.Encode(version) : basis.Flash,
        };

        next = rotation?.Apply(next, now) ?? next;
        if (tokens is not null)
        {
            next = next with { TokenSecret = following!.SealTokenSecret(tokens) };
        }

        return new DraftRecord(next, data, flash, following, Rotated: rotation is not null);
    }

    private Rotation? RotationFor(SessionRecord basis, SessionSecret? current, bool presentsCurrent, DateTimeOffset now)
    {
        if (_rotation is { Revokes: true } revoking)
        {
            // Never given up for another rotation: made again on top of it [W5].
            return revoking with { From = current };
        }

        if (_rotation is { } asked)
        {
            // Who rotated since this request read the record has done what was asked for [W5, R9]: another rotation would shut
            // out ids that requests on their way still carry [R3].
            bool satisfied = current is null || !asked.From!.Hash().Equals(basis.CurrentHash);
            return satisfied ? null : asked;
        }

        return !boundary.HeadersSent
            && presented is { TravelsBack: true }
            && presentsCurrent
            && (RotationPolicy.IsDue(basis, now, Options.RotationTime) || ProlongsCookie(basis))
            && !boundary.Withholds(this)
            && !RotationPolicy.AwaitsPrevious(basis, now, Options)
            ? Rotation.Ordinary(current!)
            : null;
    }

    // Not with the id that the client has shown: that answer could come late, and replace a newer one in the browser [R5].
    private bool ProlongsCookie(SessionRecord basis) => ChangesLifetime(basis) && Options is { RotationTime: not null, ExpireOnClose: false };

    // Code that sets the same one in each request asks for nothing.
    private bool ChangesLifetime(SessionRecord basis) => _newLifetime is { } lifetime && lifetime != basis.Lifetime;

    private sealed record DraftRecord(SessionRecord Record, VariableMap Data, VariableMap Flash, SessionSecret? Current, bool Rotated);
}
