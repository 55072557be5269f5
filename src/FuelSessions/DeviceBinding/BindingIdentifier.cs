using FuelSessions.Records;

namespace FuelSessions;

/// <summary>What a browser calls a binding: it says which session, and which binding of it, in the form that ids have.</summary>
internal static class BindingIdentifier
{
    internal static string Make(SessionHome home, FuelSessionsOptions options, SessionKey key, DeviceBinding binding)
    {
        var id = new SessionId(key, AsSecret(binding));
        return options.EncryptCookie ? home.Protector.ProtectId(id, DeviceBindings.SealName(options)).ToString() : id.Encode();
    }

    internal static bool TryRead(SessionHome home, FuelSessionsOptions options, string text, out SessionId id) =>
        options.EncryptCookie ? home.Protector.TryReadId(text, DeviceBindings.SealName(options), out id) : SessionId.TryParse(text, out id);

    internal static bool IsOf(DeviceBinding binding, SessionId id) => AsSecret(binding).Equals(id.Secret);

    // The binding's own id takes the place that an id has for its secret.
    private static SessionSecret AsSecret(DeviceBinding binding) => SessionSecret.FromBits(binding.Id);
}
