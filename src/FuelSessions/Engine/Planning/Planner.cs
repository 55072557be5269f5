using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// What becomes of a stored session, decided in one place [R1–R5, R8–R10, W5–W7, C6, C7]: from what is stored, what was read, who asks, and what
/// is wanted. It asks no store and no clock; what it decides is done, or lost to another writer and decided anew, in <see cref="Committing"/>.
/// </summary>
internal static class Planner
{
    /// <param name="basis">What is stored, as far as it is known.</param>
    /// <param name="read">What the request has read, or last stored.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="intent">What is wanted besides the variables.</param>
    /// <param name="content">What was done to the variables: to be done again on top of another basis.</param>
    /// <param name="lost">What was planned before, and lost to another writer, whose record the basis is; null: nothing yet.</param>
    internal static Plan Save(SessionRecord basis, Kept read, in Asker asker, in Intent intent, SessionContent content, Plan? lost)
    {
        if (Overtaking.IsShutOut(read.Record, basis, intent.AttachedTo(read.Record)))
        {
            return Plan.Leave;
        }

        if (lost is Plan.Touch || lost == Plan.Look)
        {
            // Who had nothing to write leaves the session as a later writer left it [W7].
            return Upkeep(basis, asker, isFresh: true);
        }

        if (intent.Rotation is { Revokes: true } && asker.IsKeptBack)
        {
            // Every id that a client may have is to be revoked, and the new one would reach nobody [C7].
            return Plan.Delete;
        }

        SessionSecret? current = read.CurrentSecret(basis);
        Rotation? rotation = RotationPolicy.On(basis, current, asker, intent);
        if (TokenPolicy.IsLost(basis, rotation, intent))
        {
            return Plan.Refuse;
        }

        bool confirms = basis.Confirmed is null && asker.Presents(basis);
        return confirms || asker.ConfirmsBinding(basis) || rotation is not null || content.IsChanged || intent.IsUnmet(basis, read.Record)
            ? Write(basis, read, asker, intent, content, (current, rotation, confirms))
            : Upkeep(basis, asker, isFresh: lost is not null);
    }

    /// <summary>A session ends as it was read; on top of what others wrote meanwhile, but not if one of them has revoked it [W6].</summary>
    internal static Plan End(SessionRecord basis, SessionRecord read) => basis.Epoch == read.Epoch ? Plan.Delete : Plan.Leave;

    /// <summary>What a session is once its first record is stored [R7].</summary>
    internal static Kept Begin(Fresh fresh, in Asker asker, in Intent intent, Variables variables)
    {
        FuelSessionsOptions options = asker.Options;
        TimeSpan lifetime = intent.Lifetime ?? options.ExpirationTime;
        SessionSecret current = intent.Rotation?.To ?? fresh.Secret;
        SessionSecret? tokens = intent.Tokens ?? TokenPolicy.New(options.TakesTokens);
        var record = new SessionRecord
        {
            Key = fresh.Key,
            Version = 1,
            CurrentHash = fresh.Secret.Hash(),
            Created = fresh.Created,
            Rotated = asker.Now,
            Updated = asker.Now,

            // Nobody holds an id from before the first answer: there is nothing to confirm.
            Confirmed = asker.Now,
            Expires = ExpiryPolicy.Expires(asker.Now, fresh.Created, lifetime, options),
            Lifetime = lifetime,
            TokenSecret = intent.Rotation is null && tokens is not null ? current.SealTokenSecret(tokens) : null,
            UserAgentHash = asker.Client.UserAgentHash(tokens ?? current, options),
            UserAgentFamilyHash = asker.Client.UserAgentFamilyHash(tokens ?? current, options),
            IpHash = asker.Client.IpHash(tokens ?? current, options),
            Owner = intent.Attachment?.Owner,
            Data = variables.Data.Encode(stamp: 0),
            Flash = variables.EncodeFlash(stamp: 1),
        };
        if (intent.Rotation is { } rotation)
        {
            record = rotation.Apply(record, asker.Now) with { Confirmed = asker.Now, TokenSecret = tokens is null ? null : current.SealTokenSecret(tokens) };
        }

        return new Kept(record, current, tokens, found: null);
    }

    private static Plan Write(
        SessionRecord basis, Kept read, in Asker asker, in Intent intent, SessionContent content, (SessionSecret? Current, Rotation? Rotation, bool Confirms) ids)
    {
        (SessionSecret? current, Rotation? rotation, bool confirms) = ids;
        SessionSecret? following = rotation?.To ?? current;
        SessionSecret? tokens = TokenPolicy.NewFor(basis, rotation, intent, asker.Options);
        if (tokens is not null && following is null)
        {
            return Plan.Refuse;
        }

        FuelSessionsOptions options = asker.Options;
        bool hasContent = content.IsChanged;
        Variables variables = content.On(basis, isRead: ReferenceEquals(basis, read.Record));
        TimeSpan lifetime = intent.Lifetime ?? basis.Lifetime;
        DateTimeOffset expires = ExpiryPolicy.Expires(asker.Now, basis.Created, lifetime, options);
        bool makesDue = intent.MakesRotationDue || RotationPolicy.ProlongsCookie(basis, options, intent);
        SessionRecord next = rotation?.Apply(basis, asker.Now) ?? basis;
        StoredTokenSecret? stored = tokens is null ? next.TokenSecret : following!.SealTokenSecret(tokens);

        // Hashes under another key, or the first ones.
        bool binds = rotation is not null || tokens is not null || ClientIdentity.IsMissingIn(basis, options);
        SessionSecret? known = tokens ?? (stored is null ? null : intent.Tokens ?? read.Tokens);
        SessionSecret? key = binds ? ClientIdentity.KeyOf(stored, known, following) : null;
        next = next with
        {
            Version = basis.Version + 1,
            Updated = asker.Now,
            Confirmed = confirms && rotation is null ? asker.Now : next.Confirmed,
            Lifetime = lifetime,
            Expires = intent.ChangesLifetime(basis) || ExpiryPolicy.IsTouchDue(basis, expires, options) ? expires : basis.Expires,
            Owner = intent.SaysOwner(read.Record) ? intent.Attachment?.Owner : basis.Owner,
            IsRotationDue = next.IsRotationDue || (rotation is null && makesDue),
            TokenSecret = stored,
            UserAgentHash = key is null ? basis.UserAgentHash : asker.Client.UserAgentHash(key, options),
            UserAgentFamilyHash = key is null ? basis.UserAgentFamilyHash : asker.Client.UserAgentFamilyHash(key, options),
            IpHash = key is null ? basis.IpHash : asker.Client.IpHash(key, options),

            // Its browser has shown that it knows of it, and from now on it counts [B4].
            Binding = asker.ConfirmsBinding(next) ? next.Binding!.ConfirmedAt(asker.Now) : next.Binding,
            Data = hasContent ? variables.Data.Encode(stamp: 0) : basis.Data,
            Flash = hasContent ? variables.EncodeFlash(basis.Version + 1) : basis.Flash,
        };
        return new Plan.Write(next, following, known, variables, content.LastChange);
    }

    // Nothing is to be written: at most once per interval the session is told to live on [W7].
    private static Plan Upkeep(SessionRecord basis, in Asker asker, bool isFresh)
    {
        DateTimeOffset expires = ExpiryPolicy.Expires(asker.Now, basis.Created, basis.Lifetime, asker.Options);
        return ExpiryPolicy.IsTouchDue(basis, expires, asker.Options) ? new Plan.Touch(expires)
            : isFresh || !asker.LacksId(basis) ? Plan.Keep
            : Plan.Look;
    }
}
