using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How a request signs a session in and out: whom it belongs to, and the ticket that says more of that [A1–A6].</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Who is signed in, and what authentication keeps of it: no variables, <see cref="Clear"/> leaves it. Null: nobody.</summary>
    internal RecordOwner? Owner => _intent.Attachment is { } said ? said.Owner : (_standing as Kept)?.Record.Owner;

    /// <summary>Whether somebody is signed in, by name or by ticket.</summary>
    internal bool IsOwned => Owner is not null;

    /// <summary>Whether the cookie needs no consent [C7]: whoever signs in by a scheme has asked for what that takes, as cookie authentication has it.</summary>
    internal bool IsEssential => Options.IsEssential || Owner is { Ticket.IsEmpty: false };

    /// <summary>How long the client is to keep the id; null: until its browser is closed.</summary>
    internal TimeSpan? CookieAge => ExpiryPolicy.EndsWithBrowser(Owner?.KeepsCookie, Options) ? null : Lifetime;

    /// <summary>Reads the record for who asks only whom it belongs to: the session lives on, and no flash variable ages [A3].</summary>
    /// <exception cref="SessionStoreException">It could not be read.</exception>
    internal async ValueTask LookAsync()
    {
        ThrowIfOver();
        await KeepAliveAsync().ConfigureAwait(false);
        if (!IsLoaded)
        {
            ThrowIfLoadFailed();
        }
    }

    internal void Attach(string? principal)
    {
        UseNow();
        if (string.Equals(principal, Principal, StringComparison.Ordinal))
        {
            return;
        }

        if (IsUnproved)
        {
            AttachUnproved(principal);
            return;
        }

        // Of one that was destroyed another begins.
        BeginChange();
        TimeSpan? span = LifetimeAfterSignIn;
        Rotate(revoke: true);
        ComeFirst();
        _intent = _intent with { Attachment = new Attachment(principal is null ? null : OwnerBy(new RecordOwner(principal))), Lifetime = span };
    }

    /// <summary>Says whom the session belongs to from now on, also if that is the same again: every earlier id is stale at once [A2, R10].</summary>
    /// <param name="least">
    /// Its idle time from now on, if it would be less; null: the one it has. In the place of the one that another sign-in gave it that of the settings counts.
    /// </param>
    internal void SignIn(RecordOwner owner, TimeSpan? least)
    {
        UseNow();
        bool isApart = IsUnproved;
        BeginChange(leaves: isApart);
        if (_visit.Boundary.HeadersSent)
        {
            throw TooLate("signed in");
        }

        TimeSpan? span = isApart ? null : LifetimeAfterSignIn;
        TimeSpan usual = span ?? (_standing is Kept kept && !isApart ? kept.Record.Lifetime : Options.ExpirationTime);

        // The session must not end before the sign-in does; it may well end after it, as that has an end of its own.
        span = least > usual ? least : span;
        if (isApart)
        {
            // The bound session stays its device's [B5].
            ThrowIfByToken();
            BeginApart(_standing);
        }
        else
        {
            Rotate(revoke: true);
        }

        ComeFirst();
        _intent = _intent with { Attachment = new Attachment(OwnerBy(owner), IsSignIn: true), Lifetime = span };
    }

    // Whoever signs in means the session that this browser is to have, whatever it has held back.
    private void ComeFirst()
    {
        if (IsBesideHeldBack)
        {
            _answer.Place = CookiePlace.First;
        }
    }

    /// <summary>Puts another ticket in the place of the one that is there, for the same sign-in: upkeep, as a touch is [A6, F8].</summary>
    internal void RenewTicket(ReadOnlyMemory<byte> ticket)
    {
        bool isOpen = !_visit.Boundary.IsReadOnly && !IsUnproved && !(_visit.Storage.IsCarried && _visit.Boundary.HeadersSent);
        if (isOpen && _standing is Kept && _intent.Attachment is null or { IsRest: true } && Owner is { } owner)
        {
            Unsaved();
            _intent = _intent with { Attachment = new Attachment(owner with { Ticket = ticket }, IsRest: true) };
        }
    }

    /// <summary>Takes the sign-in from the session and keeps the rest, under an id that nobody knew before [A4].</summary>
    internal void SignOut()
    {
        UseNow();
        if (IsUnproved)
        {
            // It may end the session, and not go on with it [B5].
            Destroy();
        }
        else if (Owner is not null)
        {
            BeginChange();
            TimeSpan? span = LifetimeAfterSignIn;
            Rotate(revoke: true);
            _intent = _intent with { Attachment = new Attachment(Owner: null, IsRest: true), Lifetime = span };
        }
    }

    /// <summary>
    /// The sign-in's own end has come: the session ends at once, and the request goes on with a new one that has what it has done itself; or the
    /// sign-in is taken from it. Where no new id could be sent, that is left to a later request [A5].
    /// </summary>
    internal async ValueTask EndOverdueAsync(bool keepContent)
    {
        if (_standing is not Kept kept || _visit.Boundary.IsReadOnly || _visit.Boundary.HeadersSent || (keepContent && IsUnproved))
        {
            return;
        }

        if (keepContent)
        {
            // No use of the session: no flash variable ages.
            Unsaved();
            TimeSpan? span = LifetimeAfterSignIn;
            Turn(kept, revoke: true);
            _intent = _intent with { Attachment = new Attachment(Owner: null, IsRest: true), Lifetime = span };
            return;
        }

        try
        {
            Committed done = await DeleteAsync(kept.Record).ConfigureAwait(false);
            _answer.EndedBinding = kept.Record.Binding;
            if (done.HasEnded)
            {
                Diagnostics.Expired(Events, Driver, kept.Key, kept.Record.Principal);
            }
        }
        catch (SessionStoreException error)
        {
            // No wish of the app: it fails with nobody [F8].
            Report(SessionEventKind.UpkeepFailed, kept.Key, kept.Record.Principal, error);
        }

        BeginApart();
        _progress.Over = Over.Told;
    }

    // A long sign-in leaves no long session behind.
    private TimeSpan? LifetimeAfterSignIn => _intent.Lifetime ?? (Owner is { Ticket.IsEmpty: false } ? Options.ExpirationTime : null);

    // With what is kept of each sign-in, however it comes about.
    private RecordOwner OwnerBy(RecordOwner owner) => owner with
    {
        SignedIn = _visit.Now,
        UserAgent = Options.RememberClient ? _visit.Boundary.Client.ToldName : null,
        Address = Options.RememberClient ? _visit.Boundary.Client.Network : null,
    };
}
