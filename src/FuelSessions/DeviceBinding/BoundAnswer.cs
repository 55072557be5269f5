using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>What a browser gets for a good signature: the bound cookie, and what to sign next time.</summary>
internal sealed class BoundAnswer(DeviceBindings bindings, SessionHome home, FuelSessionsOptions options)
{
    internal async Task WriteAsync(HttpContext context, SessionKey key, DeviceBinding binding, SessionSecret bound, bool withInstructions)
    {
        string identifier = BindingIdentifier.Make(home, options, key, binding);
        BoundCookie.Set(context, binding, options, bound, bindings.Options.CookieTime);
        SetChallenge(context, binding, identifier);
        if (withInstructions)
        {
            await BindingInstructions.WriteAsync(context, binding, options, identifier).ConfigureAwait(false);
        }
    }

    internal static void SetChallenge(HttpContext context, DeviceBinding binding, string identifier) =>
        context.Response.Headers[ProofHeaders.Challenge] = $"\"{DeviceBindings.Text(binding.Challenge)}\";id=\"{identifier}\"";
}
