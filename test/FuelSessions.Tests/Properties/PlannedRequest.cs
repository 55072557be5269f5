using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Tests.Interleavings;
using Intent = FuelSessions.Engine.Intent;
using Plan = FuelSessions.Engine.Plan;
using Variables = FuelSessions.Tests.Interleavings.Variables;

namespace FuelSessions.Tests.Properties;

/// <summary>What a request wants of a session, in the order in which it matters to others.</summary>
public enum Want
{
    Nothing,
    Increment,
    Rotate,
    Revoke,
    SignInAda,
    SignInBob,
    Destroy,
}

/// <summary>One request on the pure functions alone: it reads, has its id judged, has planned what is to be done, and swaps. One step is one step of the store.</summary>
internal sealed class PlannedRequest(int number, Want want, KnownId shown, FuelSessionsOptions options, DateTimeOffset now)
{
    private readonly SessionContent _content = new();
    private Intent _intent = Intent.None;
    private Kept? _read;
    private SessionRecord? _basis;
    private Plan? _plan;

    internal int Number => number;

    internal Want Want => want;

    internal Kept? Read => _read;

    internal bool IsDone { get; private set; }

    /// <summary>Whether its increment was stored.</summary>
    internal bool IsKept { get; private set; }

    internal SessionId? Announced { get; private set; }

    internal string? Principal => want switch
    {
        Want.SignInAda => "ada",
        Want.SignInBob => "bob",
        _ => null,
    };

    private Asker Asker => new() { Shown = shown.Id.Secret, IsReachable = true, Options = options, Now = now };

    internal void Step(Shelf shelf)
    {
        if (_read is not { } read || _basis is not { } basis || _plan is not { } plan)
        {
            Begin(shelf.Stored);
            return;
        }

        WriteResult result = shelf.Do(this, plan, basis);
        if (result.IsWritten)
        {
            IsKept = plan is Plan.Write;
            End(plan is Plan.Write write ? read.With(write.Record, write.Current, write.Tokens) : plan is Plan.Touch ? read.With(basis) : null);
        }
        else if (result.Winner is { } winner)
        {
            On(read, winner, plan);
        }
        else
        {
            End(null);
        }
    }

    private void Begin(SessionRecord? record)
    {
        if (record is null || Admission.Judge(shown.Presented, record, default, options, now) != Worth.Good)
        {
            IsDone = true;
            return;
        }

        _read = new Kept(record, Rotation.CurrentSecret(record, shown.Id.Secret), null, record.Epoch);
        var intent = new Intent { Attachment = Principal is null ? null : new Attachment(new RecordOwner(Principal)) };
        _intent = want is Want.Rotate or Want.Revoke or Want.SignInAda or Want.SignInBob ? intent.WithRotation(_read, shown.Id.Secret, revoke: want != Want.Rotate) : intent;
        _content.Show(FuelSessions.Engine.Variables.Of(record));
        if (want is not (Want.Nothing or Want.Destroy))
        {
            _content.Apply(new IncrementVariable(Variables.Sum, Variables.Amount(number, 0)));
        }

        On(_read, record, lost: null);
    }

    private void On(Kept read, SessionRecord basis, Plan? lost)
    {
        Plan plan = want == Want.Destroy ? Planner.End(basis, read.Record) : Planner.Save(basis, read, Asker, _intent, _content, lost);
        (_basis, _plan) = (basis, plan);
        if (plan == Plan.Keep)
        {
            End(read.With(basis));
        }
        else if (plan == Plan.Leave || plan == Plan.Refuse)
        {
            End(null);
        }
    }

    private void End(Kept? kept)
    {
        IsDone = true;
        Announced = kept is null ? null : Announcement.After(null, kept, Asker, isProlonged: false)?.Id;
    }
}

/// <summary>The one record, and what was done to it.</summary>
internal sealed class Shelf(SessionRecord record, bool ignoresVersions = false)
{
    internal SessionRecord? Stored { get; private set; } = record;

    internal List<(PlannedRequest By, SessionRecord Before, SessionRecord? After)> Steps { get; } = [];

    internal WriteResult Do(PlannedRequest by, Plan plan, SessionRecord basis)
    {
        if (Stored is not { } before)
        {
            return WriteResult.Gone;
        }

        if (plan == Plan.Look || (before.Version != basis.Version && !ignoresVersions))
        {
            return WriteResult.Lost(before);
        }

        Stored = plan switch
        {
            Plan.Write write => write.Record,
            Plan.Touch touch => before with { Expires = touch.Expires },
            _ => null,
        };
        Steps.Add((by, before, Stored));
        return WriteResult.Written;
    }
}
