using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request may do to a session that is bound to a device [B4, B5].</summary>
internal sealed partial class SessionTransaction
{
    internal DeviceProof DeviceProof => _visit.Binding switch
    {
        BindingStanding.Free => DeviceProof.NotBound,
        BindingStanding.Proved => DeviceProof.Given,
        _ => DeviceProof.Missing,
    };

    /// <summary>What is stored of the session, as far as the request knows it; null: nothing, or it has no part in it any more.</summary>
    internal SessionRecord? Stored => (_standing as Kept)?.Record;

    private bool IsUnproved => _standing is Kept && _visit.Binding >= BindingStanding.Reported;

    private bool IsReadOnlyByBinding => _standing is Kept && _visit.Binding == BindingStanding.ReadOnly;

    // Of one that is not bound nothing is asked [B8].
    private BindingStanding StandingTo(SessionRecord record) => record.Binding is null ? BindingStanding.Free : _visit.Boundary.StandingOf(record, Options);

    // Whether the request goes on with the record; if not, it has nothing of it, and the client's id stays.
    private bool Admits(SessionRecord record)
    {
        _visit.Binding = StandingTo(record);
        if (_visit.Binding >= BindingStanding.Reported)
        {
            Report(SessionEventKind.Unproved, record.Key, record.Principal);
        }

        return _visit.Binding != BindingStanding.Refused;
    }

    // Who signs in from elsewhere gets a session apart, and the bound one stays its device's; who signs out ends it, as the cookie alone always could.
    private void AttachUnproved(string? principal)
    {
        if (principal is null)
        {
            Destroy();
            return;
        }

        BeginChange(revive: false, leaves: true);
        ThrowIfByToken();
        if (_visit.Boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        BeginApart(_standing);
        _intent = _intent with { Attachment = new Attachment(OwnerBy(new RecordOwner(principal))) };
    }

    /// <summary>What a revoking rotation does first: for whoever is to rotate later, behind what can't be undone.</summary>
    internal void ThrowIfUnproved()
    {
        if (IsUnproved)
        {
            throw Unproved("it can't raise what the session may do, or shut the device's owner out. A sign-in of somebody else begins a session of its own.");
        }
    }

    /// <summary>Why the session is not to be changed by this request [B4]; null: it may be. For whoever changes what is stored past it.</summary>
    internal SessionUnprovedException? ReadOnlyByBinding => IsReadOnlyByBinding ? Unproved("it may read the session and not change it (OnUnboundRequest).") : null;

    private SessionUnprovedException Unproved(string what) => new(Driver, what);
}
