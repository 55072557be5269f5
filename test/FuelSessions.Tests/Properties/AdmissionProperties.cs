using CsCheck;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Properties;

/// <summary>What the protocol promises of a presented id, over any life of a session [R2, R3, R6, R7, R10, C6].</summary>
public class AdmissionProperties
{
    private static readonly FuelSessionsOptions Settings = new() { MatchUserAgent = UserAgentMatching.Off, PreviousIdGrace = TimeSpan.FromMinutes(1) };

    [Fact]
    public void R2_the_current_id_is_good_as_long_as_the_session_lives() => Holds((life, _) =>
        IsOver(life) ? life.Worth(life.Secrets[^1]) == Worth.None : life.Worth(life.Secrets[^1]) == Worth.Good);

    [Fact]
    public void R3_the_previous_id_is_good_until_its_successor_was_seen_and_for_the_grace_after_that() => Holds((life, turns) =>
    {
        if (life.Secrets.Length < 2 || IsOver(life))
        {
            return true;
        }

        bool isGood = !turns[^1].Revokes && (life.Record.Confirmed is not { } seen || life.Now <= seen + Settings.PreviousIdGrace);
        return (life.Worth(life.Secrets[^2]) == Worth.Good) == isGood;
    });

    [Fact]
    public void R10_no_id_from_before_a_revocation_is_good() => Holds((life, turns) =>
    {
        int revoked = Array.FindLastIndex(turns, turn => turn.Revokes);
        return life.Secrets[..(revoked + 1)].All(secret => life.Worth(secret) != Worth.Good);
    });

    [Fact]
    public void R9_never_are_more_than_two_ids_good() => Holds((life, _) => life.Secrets.Count(secret => life.Worth(secret) == Worth.Good) <= 2);

    [Fact]
    public void R6_a_bad_secret_is_late_within_the_grace_and_the_tolerance_and_only_the_previous_one_is_stale_after_that() => Holds((life, _) =>
    {
        if (IsOver(life))
        {
            return true;
        }

        DateTimeOffset last = life.Record.Confirmed is { } seen && seen > life.Record.Rotated ? seen : life.Record.Rotated;
        bool isLate = life.Now <= last + Settings.PreviousIdGrace + TimeSpan.FromMinutes(2);
        return life.Secrets[..^1].Append(SessionSecret.Create()).Select((secret, place) => (Worth: life.Worth(secret), IsPrevious: place == life.Secrets.Length - 2))
            .All(bad => bad.Worth == Worth.Good || bad.Worth == (isLate ? Worth.Late : bad.IsPrevious ? Worth.Retired : Worth.Unknown));
    });

    [Fact]
    public void C6_a_token_is_good_for_its_epoch_and_never_late() => Holds((life, _) =>
    {
        Worth of = life.WorthOfToken(life.Record.TokenSecret is { } stored ? life.Secrets[^1].OpenTokenSecret(stored) : SessionSecret.Create());
        return life.WorthOfToken(SessionSecret.Create()) == (IsOver(life) ? Worth.None : Worth.Unknown)
            && of == (IsOver(life) ? Worth.None : life.Record.TokenSecret is null ? Worth.Unknown : Worth.Good);
    });

    [Fact]
    public void R1_the_current_secret_follows_from_the_previous_one_alone_and_not_over_a_revocation() => Holds((life, turns) =>
        life.Secrets.Select((secret, place) => (Found: Rotation.CurrentSecret(life.Record, secret), Back: life.Secrets.Length - 1 - place))
            .All(known => known.Back == 0 || (known.Back == 1 && !turns[^1].Revokes)
                ? known.Found is { } found && found.Equals(life.Secrets[^1])
                : known.Found is null));

    private static bool IsOver(Subject life) => life.Now >= life.Record.Expires;

    private static void Holds(Func<Subject, Turn[], bool> promise) => Life.Any.Sample(life =>
    {
        (SessionRecord record, SessionSecret[] secrets, DateTimeOffset now) = life.Lived();
        return promise(new Subject(record, secrets, now), life.Turns);
    }, iter: 2_000, threads: 1);

    private sealed record Subject(SessionRecord Record, SessionSecret[] Secrets, DateTimeOffset Now)
    {
        internal Worth Worth(SessionSecret secret) => Judge(new PresentedId(Record.Key, secret, null, TravelsBack: true));

        internal Worth WorthOfToken(SessionSecret token) => Judge(new PresentedId(Record.Key, null, token, TravelsBack: false));

        private Worth Judge(PresentedId id) => Admission.Judge(id, Record, new ClientIdentity(null, null), Settings, Now);
    }
}
