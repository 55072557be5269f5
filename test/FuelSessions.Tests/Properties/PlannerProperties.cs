using CsCheck;
using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Tests.Interleavings;
using Intent = FuelSessions.Engine.Intent;
using Plan = FuelSessions.Engine.Plan;
using Variables = FuelSessions.Tests.Interleavings.Variables;

namespace FuelSessions.Tests.Properties;

/// <summary>What the protocol promises of what becomes of a session, over any life of it, anybody who asks and anything that is wanted.</summary>
public class PlannerProperties
{
    /// <summary>What is wanted, and by whom.</summary>
    /// <param name="Back">How many ids ago the presented one was current.</param>
    public sealed record Wish(int Back, bool IsReachable, bool Rotates, bool Revokes, bool Attaches, bool Increments, bool Prolongs, int? RotationMinutes);

    private static readonly Gen<Wish> Wishes = Gen.Select(
        Gen.Int[0, 1], Gen.Bool, Gen.Int[0, 3], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[-1, 40],
        static (back, isReachable, rotation, attaches, increments, prolongs, minutes) =>
            new Wish(back, isReachable, rotation == 1, rotation == 2 || attaches, attaches, increments, prolongs, minutes < 1 ? null : minutes));

    [Fact]
    public void W2_a_write_raises_the_version_by_one_and_keeps_what_the_session_is() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next } || (next.Version == of.Record.Version + 1 && next.Key == of.Record.Key && next.Created == of.Record.Created));

    [Fact]
    public void R10_the_epoch_rises_with_a_revoking_rotation_and_only_then_and_takes_the_tokens_with_it() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next }
        || (next.Epoch == of.Record.Epoch + (of.Wish.Revokes ? 1u : 0u)
            && next.PreviousRevoked == (of.Wish.Revokes || (next.CurrentHash.Equals(of.Record.CurrentHash) && of.Record.PreviousRevoked))
            && (of.Record.TokenSecret is not { } before || (next.TokenSecret is { } after && after.Hash.Equals(before.Hash) != of.Wish.Revokes))));

    [Fact]
    public void R4_R8_R9_only_who_presents_the_current_id_and_can_be_told_another_one_rotates_it_by_itself() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next } || next.CurrentHash.Equals(of.Record.CurrentHash) || of.Wish.Revokes
        || (of.PresentsCurrent && (of.Wish.Rotates || of.Wish.IsReachable)));

    [Fact]
    public void R2_R3_an_id_is_confirmed_by_who_presents_it_and_a_new_one_by_nobody() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next }
        || (next.CurrentHash.Equals(of.Record.CurrentHash)
            ? Equals(next.Confirmed, of.Record.Confirmed) || (of.Record.Confirmed is null && of.PresentsCurrent && next.Confirmed == of.Now)
            : next.Confirmed is null));

    [Fact]
    public void R1_who_holds_the_id_before_an_ordinary_rotation_is_led_to_the_next_one() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next, Current: { } current } || next.CurrentHash.Equals(of.Record.CurrentHash) || of.Wish.Revokes
        || (Rotation.CurrentSecret(next, of.Current) is { } led && led.Equals(current) && current.OpenPrevious(next.SealedPrevious, next.Nonce!.Value).Equals(of.Current)));

    [Fact]
    public void W7_nothing_is_written_for_who_wants_nothing_but_to_confirm_or_to_rotate_what_is_due() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next } || of.WantsSomething || !next.CurrentHash.Equals(of.Record.CurrentHash) || (of.Record.Confirmed is null && of.PresentsCurrent));

    [Fact]
    public void W7_no_plan_ends_a_session_earlier_but_for_another_lifetime() => Holds((of, plan) => plan switch
    {
        Plan.Write { Record: var next } => next.Expires >= of.Record.Expires,
        Plan.Touch touch => touch.Expires >= of.Record.Expires + ExpiryPolicy.TouchInterval(of.Record.Lifetime, null),
        _ => true,
    });

    [Fact]
    public void W7_what_was_just_stored_is_left_alone_by_who_wants_nothing_more() => Holds((of, plan) =>
        plan is not Plan.Write { Record: var next, Current: var current } || next.IsRotationDue
        || Planner.Save(next, new Kept(next, current, null, next.Epoch), of.Asker, Intent.None, of.NoContent, lost: Plan.Keep) == Plan.Keep);

    [Fact]
    public void R5_only_the_current_id_is_announced_and_only_to_who_did_not_show_it() => Holds((of, plan) =>
        plan is not Plan.Write write
        || Announcement.After(null, of.Read.With(write.Record, write.Current, write.Tokens), of.Asker, isProlonged: true)?.Id is not { } sent
        || (sent.Secret.Hash().Equals(write.Record.CurrentHash) && !sent.Secret.Equals(of.Shown)));

    [Fact]
    public void W5_R10_who_was_overtaken_by_a_revocation_does_nothing_any_more_unless_it_is_the_same_person() => Holds((of, _) =>
    {
        foreach (string? owner in (string?[])[null, "ada", "bob"])
        {
            SessionRecord stored = Rotation.Revoking(of.Current).Apply(of.Record, of.Now) with { Version = of.Record.Version + 1, Principal = owner };
            bool isSamePerson = of.Wish.Attaches && owner == "ada";
            if (isSamePerson == (of.Plan(stored, lost: Plan.Keep) == Plan.Leave))
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void R9_an_ordinary_rotation_is_satisfied_by_another_one() => Holds((of, _) =>
    {
        SessionRecord stored = Rotation.Ordinary(of.Current).Apply(of.Record, of.Now) with { Version = of.Record.Version + 1 };
        return of.Wish.Revokes || of.Plan(stored, lost: Plan.Keep) is not Plan.Write { Record: var next } || next.CurrentHash.Equals(stored.CurrentHash);
    });

    [Fact]
    public void W3_what_was_done_is_done_again_on_top_of_what_others_stored() => Holds((of, _) =>
    {
        var data = new VariableMap(of.Record.Data);
        data.Set(Variables.Sum, ValueSerializer.WriteInteger(40));
        SessionRecord stored = of.Record with { Version = of.Record.Version + 1, Data = data.Encode(stamp: 0) };
        return of.Plan(stored, lost: Plan.Keep) is not Plan.Write { Record: var next } || Variables.Read(new VariableMap(next.Data), Variables.Sum) == (of.Wish.Increments ? 41 : 40);
    });

    private static void Holds(Func<Case, Plan, bool> promise) => Gen.Select(Life.Any, Wishes, static (life, wish) => (life, wish)).Sample(of =>
    {
        // Whose id is not good is not planned for.
        return Case.Of(of.life, of.wish) is not { } one || promise(one, one.Plan(one.Record, lost: null));
    }, iter: 2_000, threads: 1);

    private sealed class Case
    {
        internal required Wish Wish { get; init; }

        internal required SessionRecord Record { get; init; }

        internal required SessionSecret Shown { get; init; }

        internal required SessionSecret Current { get; init; }

        internal required DateTimeOffset Now { get; init; }

        internal required Kept Read { get; init; }

        internal required Asker Asker { get; init; }

        internal required Intent Intent { get; init; }

        internal bool PresentsCurrent => Shown.Equals(Current);

        internal bool WantsSomething => Wish is { Rotates: true } or { Revokes: true } or { Increments: true } or { Prolongs: true };

        internal SessionContent NoContent => Content(increments: false);

        internal static Case? Of(Life life, Wish wish)
        {
            (SessionRecord record, SessionSecret[] secrets, DateTimeOffset now) = life.Lived();
            if (secrets.Length <= wish.Back)
            {
                return null;
            }

            var settings = new FuelSessionsOptions
            {
                MatchUserAgent = UserAgentMatching.Off,
                PreviousIdGrace = TimeSpan.FromMinutes(1),
                RotationTime = wish.RotationMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
                ExpireOnClose = true,
            };
            SessionSecret shown = secrets[^(wish.Back + 1)];
            var id = new PresentedId(record.Key, shown, null, TravelsBack: wish.IsReachable);
            if (Admission.Judge(id, record, default, settings, now) != Worth.Good)
            {
                return null;
            }

            var read = new Kept(record, Rotation.CurrentSecret(record, shown), null, record.Epoch);
            var intent = new Intent { Attachment = wish.Attaches ? new Attachment(new RecordOwner("ada")) : null, Lifetime = wish.Prolongs ? TimeSpan.FromDays(1) : null };
            return new Case
            {
                Wish = wish,
                Record = record,
                Shown = shown,
                Current = secrets[^1],
                Now = now,
                Read = read,
                Asker = new Asker { Shown = shown, IsReachable = wish.IsReachable, Options = settings, Now = now },
                Intent = wish.Rotates || wish.Revokes ? intent.WithRotation(read, shown, wish.Revokes) : intent,
            };
        }

        internal Plan Plan(SessionRecord basis, Plan? lost) => Planner.Save(basis, Read, Asker, Intent, Content(Wish.Increments), lost);

        private SessionContent Content(bool increments)
        {
            var content = new SessionContent();
            content.Show(FuelSessions.Engine.Variables.Of(Record));
            if (increments)
            {
                content.Apply(new IncrementVariable(Variables.Sum, 1));
            }

            return content;
        }
    }
}
