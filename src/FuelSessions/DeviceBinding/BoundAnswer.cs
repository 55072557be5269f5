using FuelSessions.Records;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>What a browser gets for a good signature: the bound cookie, and what to sign next time.</summary>
internal sealed class BoundAnswer(DeviceBindings bindings, SessionHome home, FuelSessionsOptions options)
{
    internal async Task WriteAsync(HttpContext context, SessionKey key, DeviceBinding binding, SessionSecret bound, bool withInstructions)
    {
        string identifier = IdentifierOf(key, binding);
        BoundCookie.Set(context, binding, options, bound, bindings.Options.CookieTime);
        SetChallenge(context, binding, identifier);
        if (withInstructions)
        {
            await BindingInstructions.WriteAsync(context, binding, options, identifier).ConfigureAwait(false);
        }
    }

    internal static void SetChallenge(HttpContext context, DeviceBinding binding, string identifier) =>
        context.Response.Headers[ProofHeaders.Challenge] = $"\"{DeviceBindings.Text(binding.Challenge)}\";id=\"{identifier}\"";

    /// <summary>What the browser calls the binding: it says which session, and which binding of it, in the form that ids have.</summary>
    private string IdentifierOf(SessionKey key, DeviceBinding binding)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size];
        key.WriteTo(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes[SessionKey.Size..], binding.Id);
        var id = SessionId.FromBytes(bytes);
        return options.EncryptCookie ? home.Protector.ProtectId(id, DeviceBindings.SealName(options)).ToString() : id.Encode();
    }
}
