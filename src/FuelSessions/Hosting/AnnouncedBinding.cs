using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>Sessions that are bound to a device: whether the request comes from there, and what its answer says of it [B1, B4].</summary>
internal static class AnnouncedBinding
{
    internal static BindingStanding StandingOf(RequestSessions sessions, SessionRecord record, FuelSessionsOptions options)
    {
        if (record.Binding is not { } binding || sessions.Services.Bindings is not { } bindings || sessions.Profiles.ForBinding(options.Driver) is not { } profile)
        {
            return BindingStanding.Free;
        }

        BindingStanding standing = bindings.StandingOf(sessions.Context, binding, profile);
        if (standing >= BindingStanding.Reported)
        {
            string? reason = ProofHeaders.SkippedIn(sessions.Context.Request.Headers);
            sessions.Diagnostics.Binding(options.Driver, reason is null ? "unproved" : "skipped", reason);
            if (BoundCookie.IsIn(sessions.Context, binding, profile))
            {
                Overdue overdue = sessions.Context.Features.Get<Overdue>() ?? [];
                overdue.Add((binding, profile));
                sessions.Context.Features.Set(overdue);
            }
        }

        return standing;
    }

    // A browser that has a cookie left does not ask for another one: its clock is behind ours, or ours was set forward.
    internal static void TakeBackOverdue(RequestSessions sessions)
    {
        foreach ((DeviceBinding binding, FuelSessionsOptions profile) in sessions.Context.Features.Get<Overdue>() ?? [])
        {
            BoundCookie.Delete(sessions.Context, binding, profile);
        }
    }

    internal static void Write(RequestSessions sessions, SessionEntry entry, DeviceBindings bindings)
    {
        SessionTransaction transaction = entry.Session.Transaction;
        if (transaction is { IdToSend: null, EndedBinding: null } || sessions.Profiles.ForBinding(transaction.Driver) is not { } profile)
        {
            return;
        }

        if (transaction.EndedBinding is { } ended)
        {
            // The browser misses it with its next request, refreshes, and learns that the binding is over.
            BoundCookie.Delete(sessions.Context, ended, profile);
        }

        if (transaction.IdToSend is { } id && IsToBeOffered(entry, transaction, profile, bindings))
        {
            Offer(sessions, entry, id, profile, bindings);
        }
    }

    // Where the browser can't keep the bound cookie, or would not send it, nothing is bound.
    private static bool IsToBeOffered(SessionEntry entry, SessionTransaction transaction, FuelSessionsOptions profile, DeviceBindings bindings) =>
        entry is { Channel: Channel.Cookie or Channel.None, IsCookieRefused: false }
        && profile is { EnableCookie: true, CookiePartitioned: false }
        && !transaction.IsOther
        && string.Equals(transaction.Options.BoundName, profile.BoundName, StringComparison.Ordinal)
        && transaction.Stored is { Binding: null or { Confirmed: null } } record
        && (bindings.Options.BindAnonymous || record.Owner is not null);

    private static void Offer(RequestSessions sessions, SessionEntry entry, SessionId id, FuelSessionsOptions profile, DeviceBindings bindings)
    {
        string? before = entry.Offer?.Text;
        if (entry.Offer is not { } made || made.Id.Key != id.Key || !made.Id.Secret.Equals(id.Secret))
        {
            try
            {
                entry.Offer = new OfferedBinding(id, BindingOffer.Make(sessions.PathBase, bindings, sessions.Services.HomeOf(profile.Driver).Protector, profile, id));
                sessions.Diagnostics.Binding(profile.Driver, "offered");
            }
            catch (SessionStoreException error)
            {
                // Offered again with the next id.
                sessions.Diagnostics.BindingFailed(profile.Driver, error);
                return;
            }
        }

        string[] others = [.. sessions.Context.Response.Headers[ProofHeaders.Registration].Where(value => value is not null && value != before)!];
        sessions.Context.Response.Headers[ProofHeaders.Registration] = (string[])[.. others, entry.Offer!.Text];
    }

    // Bound cookies that came and are over, though the browser has them still. So few requests have any that they are none of those fields that each request pays for.
    private sealed class Overdue : List<(DeviceBinding Binding, FuelSessionsOptions Profile)>;
}
