using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// Offers a browser to bind its session, with the id that goes out to it [B1]. Nothing is stored for it: what is offered is sealed, and says for which id and until when.
/// </summary>
internal static class BindingOffer
{
    internal static string Make(HttpContext context, DeviceBindings bindings, IdProtector protector, FuelSessionsOptions options, SessionId id)
    {
        string authorization = protector.ProtectToken(id.Key, AsSecret(id.Secret.Hash()), bindings.Now + DeviceBindings.OfferTime, DeviceBindings.SealName(options));
        string challenge = DeviceBindings.Text(DeviceBindings.IdOf(authorization));
        string path = DeviceBindings.AddressOf(context, options.Driver, DeviceBindings.RegisterAction);
        return $"(ES256 RS256);path=\"{path}\";challenge=\"{challenge}\";authorization=\"{authorization}\"";
    }

    /// <summary>Whether it was offered with an id that is still good: a revoking rotation ends offers as it ends ids.</summary>
    internal static bool IsFor(SessionRecord record, SessionSecret offered) =>
        offered.Equals(AsSecret(record.CurrentHash)) || (!record.PreviousRevoked && record.PreviousHash is { } previous && offered.Equals(AsSecret(previous)));

    // The hash of the id's secret takes the place that a token has for its secret.
    private static SessionSecret AsSecret(SecretHash hash) => SessionSecret.FromBits(hash.Bits);
}
