using CsCheck;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Properties;

/// <summary>What happened to a session, one thing after the other.</summary>
/// <param name="Revokes">Whether its id was then revoked; otherwise it was rotated.</param>
/// <param name="Minutes">How long after the one before.</param>
/// <param name="SeenAfter">How many minutes later the new id was seen; null: not yet.</param>
public sealed record Turn(bool Revokes, int Minutes, int? SeenAfter);

/// <summary>A session's life until now: its record, and every secret that it has had. Plain numbers, so that a failure shrinks to a short one.</summary>
public sealed record Life(Turn[] Turns, int MinutesSince, bool HasTokens)
{
    internal static readonly DateTimeOffset Beginning = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    internal static readonly Gen<Life> Any = Gen.Select(
        Gen.Select(Gen.Bool, Gen.Int[0, 30], Gen.Int[-1, 15], static (revokes, minutes, seen) => new Turn(revokes, minutes, seen < 0 ? null : seen)).Array[0, 4],
        Gen.Int[0, 150],
        Gen.Bool,
        static (turns, since, hasTokens) => new Life(turns, since, hasTokens));

    /// <summary>The record, and its secrets, the current one last.</summary>
    internal (SessionRecord Record, SessionSecret[] Secrets, DateTimeOffset Now) Lived()
    {
        List<SessionSecret> secrets = [SessionSecret.Create()];
        DateTimeOffset now = Beginning;
        SessionRecord record = SessionRecord.New(SessionKey.Create(), secrets[0].Hash(), now, Lifetime) with
        {
            Confirmed = now,
            TokenSecret = HasTokens ? secrets[0].SealTokenSecret(SessionSecret.Create()) : null,
        };
        foreach (Turn turn in Turns)
        {
            now += TimeSpan.FromMinutes(turn.Minutes);
            Rotation rotation = turn.Revokes ? Rotation.Revoking(secrets[^1]) : Rotation.Ordinary(secrets[^1]);
            secrets.Add(rotation.To);
            record = rotation.Apply(record, now) with { Version = record.Version + 1 };
            now += TimeSpan.FromMinutes(turn.SeenAfter ?? 0);
            record = record with { Confirmed = turn.SeenAfter is null ? null : now, Updated = now, Expires = now + Lifetime };
            if (HasTokens && record.TokenSecret is null)
            {
                record = record with { TokenSecret = rotation.To.SealTokenSecret(SessionSecret.Create()) };
            }
        }

        return (record, [.. secrets], now + TimeSpan.FromMinutes(MinutesSince));
    }

    public override string ToString() =>
        $"{string.Join(", ", Turns.Select(turn => $"{(turn.Revokes ? "revoked" : "rotated")} after {turn.Minutes} min, {(turn.SeenAfter is { } seen ? $"seen {seen} min later" : "not seen")}"))}; {MinutesSince} min ago{(HasTokens ? ", with tokens" : "")}";
}
