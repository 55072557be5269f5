using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>A browser brings the key of its device for a session, which is found by the authorization that it was offered and by nothing else [B1, B2].</summary>
internal sealed class Registration(DeviceBindings bindings, SessionHome home, FuelSessionsOptions options, BindingUpdate update, SessionDiagnostics diagnostics)
{
    internal async Task AnswerAsync(HttpContext context)
    {
        if (SignedProof.Parse(ProofHeaders.ProofIn(context.Request.Headers)) is not { Key: { } key, Authorization: { } authorization } proof
            || !BindingEndpoints.IsFor(context, proof)
            || !DeviceBindings.IsChallenge(proof.Challenge, DeviceBindings.IdOf(authorization))
            || !proof.IsSignedBy(key))
        {
            Refuse(context, StatusCodes.Status400BadRequest, "malformed");
            return;
        }

        if (!home.Protector.TryReadToken(authorization, DeviceBindings.SealName(options), out SessionId offered, out DateTimeOffset ends))
        {
            Refuse(context, StatusCodes.Status403Forbidden, "authorization");
            return;
        }

        var bound = SessionSecret.Create();
        DeviceBinding? made = null;
        bool isThere;
        try
        {
            isThere = await update.ApplyAsync(offered.Key, record => made = IsOpen(record, offered.Secret, ends) ? Bind(key, authorization, ends, bound) : null).ConfigureAwait(false);
        }
        catch (SessionTooLargeException)
        {
            Refuse(context, StatusCodes.Status403Forbidden, "too_large");
            return;
        }

        if (!isThere || made is null)
        {
            Refuse(context, StatusCodes.Status403Forbidden, "authorization");
            return;
        }

        diagnostics.Bound(home.Driver, offered.Key, key.Algorithm);
        await new BoundAnswer(bindings, home, options).WriteAsync(context, offered.Key, made, bound, withInstructions: true).ConfigureAwait(false);
    }

    // A browser that never got the answer has no part in the binding, and may make another one. Of two offers the later one counts, and none twice.
    private bool IsOpen(SessionRecord record, SessionSecret offered, DateTimeOffset ends) =>
        BindingOffer.IsFor(record, offered, bindings.Now, options.PreviousIdGrace) && (record.Binding is null || (record.Binding.Confirmed is null && ends > record.Binding.Offered));

    private DeviceBinding Bind(DeviceKey key, string authorization, DateTimeOffset ends, SessionSecret bound)
    {
        DateTimeOffset over = bindings.Now + bindings.Options.BoundTime;
        return new DeviceBinding(
            DeviceBindings.IdOf(authorization), key, offered: ends, confirmed: null, DeviceBindings.NewChallenge(), challengeEnds: over, new BoundProof(bound.Hash(), over));
    }

    private void Refuse(HttpContext context, int status, string reason)
    {
        diagnostics.RegistrationRefused(home.Driver, reason);
        context.Response.StatusCode = status;
    }
}
