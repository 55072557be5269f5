using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// Offers a browser to bind its session, with the id that goes out to it [B1]. Nothing is stored for it: what is offered is sealed, and says for which id and until when.
/// </summary>
internal static class BindingOffer
{
    internal static string Make(PathString pathBase, DeviceBindings bindings, IdProtector protector, FuelSessionsOptions options, SessionId id)
    {
        string authorization = protector.ProtectToken(id.Key, AsSecret(id.Secret.Hash()), bindings.Now + DeviceBindings.OfferTime, DeviceBindings.SealName(options));
        string challenge = DeviceBindings.Text(DeviceBindings.IdOf(authorization));
        string path = DeviceBindings.AddressOf(pathBase, options.Driver, DeviceBindings.RegisterAction);
        return $"(ES256 RS256);path=\"{path}\";challenge=\"{challenge}\";authorization=\"{authorization}\"";
    }

    /// <summary>Whether it was offered with an id that is still good: what ends ids ends offers.</summary>
    internal static bool IsFor(SessionRecord record, SessionSecret offered, DateTimeOffset now, TimeSpan grace) =>
        offered.Equals(AsSecret(record.CurrentHash))
        || (record.PreviousHash is { } previous && offered.Equals(AsSecret(previous)) && Admission.IsPreviousGood(record, now, grace));

    // The hash of the id's secret takes the place that a token has for its secret.
    private static SessionSecret AsSecret(SecretHash hash) => SessionSecret.FromBits(hash.Bits);
}
