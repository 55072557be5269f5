using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// A browser proves again that it holds the device's key, and gets another bound cookie [B3]. Found by the identifier and the signature alone: a refresh that a link
/// from another site has caused brings no cookie.
/// </summary>
internal sealed class Refresh(DeviceBindings bindings, SessionHome home, FuelSessionsOptions options, BindingUpdate update, SessionDiagnostics diagnostics)
{
    private enum Outcome
    {
        /// <summary>Of no session, or of none that is bound so.</summary>
        Over,
        Challenged,
        Refreshed,
    }

    internal async Task AnswerAsync(HttpContext context)
    {
        string identifier = ProofHeaders.IdIn(context.Request.Headers).ToString();
        if (!BindingIdentifier.TryRead(home, options, identifier, out SessionId id))
        {
            Refuse(context, StatusCodes.Status404NotFound, "identifier");
            return;
        }

        bool brings = context.Request.Headers.ContainsKey(ProofHeaders.Response);
        SignedProof? proof = SignedProof.Parse(ProofHeaders.ProofIn(context.Request.Headers));
        proof = proof is not null && BindingEndpoints.IsFor(context, proof) ? proof : null;
        var bound = SessionSecret.Create();
        Outcome outcome = Outcome.Over;
        DeviceBinding? settled = null;
        if (!await update.ApplyAsync(id.Key, Decide).ConfigureAwait(false) || outcome == Outcome.Over)
        {
            Refuse(context, StatusCodes.Status404NotFound, "over");
            return;
        }

        if (outcome == Outcome.Refreshed)
        {
            diagnostics.Binding(home.Driver, "refreshed");
            await new BoundAnswer(bindings, home, options).WriteAsync(context, id.Key, settled!, bound, withInstructions: false).ConfigureAwait(false);
            return;
        }

        if (brings)
        {
            Refuse(context, StatusCodes.Status403Forbidden, "signature");
        }
        else
        {
            diagnostics.Binding(home.Driver, "challenged");
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }

        BoundAnswer.SetChallenge(context, settled!, identifier);

        // Null: what is stored stays as it is.
        DeviceBinding? Decide(SessionRecord record)
        {
            if (record.Binding is not { } binding || !BindingIdentifier.IsOf(binding, id))
            {
                outcome = Outcome.Over;
                return null;
            }

            DateTimeOffset now = bindings.Now;
            DateTimeOffset ends = now + bindings.Options.BoundTime;
            bool isCurrent = now < binding.ChallengeEnds;
            if (isCurrent && proof is not null && DeviceBindings.IsChallenge(proof.Challenge, binding.Challenge) && proof.IsSignedBy(binding.Key))
            {
                outcome = Outcome.Refreshed;
                return settled = binding.Refreshed(bound, DeviceBindings.NewChallenge(), ends, now);
            }

            outcome = Outcome.Challenged;
            settled = isCurrent ? binding : binding.Challenged(DeviceBindings.NewChallenge(), ends);
            return isCurrent ? null : settled;
        }
    }

    private void Refuse(HttpContext context, int status, string reason)
    {
        diagnostics.RefreshRefused(home.Driver, reason);
        context.Response.StatusCode = status;
    }
}
