using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FuelSessions;

/// <summary>What the app wants of Device Bound Session Credentials, and what the parts of it agree upon.</summary>
internal sealed class DeviceBindings(IOptions<DeviceBindingOptions> options, TimeProvider clock)
{
    /// <summary>Where browsers register and refresh, below the app's path base.</summary>
    internal static readonly PathString Root = "/.fuelsessions/dbsc";

    internal const string RegisterAction = "register";
    internal const string RefreshAction = "refresh";

    /// <summary>Long enough for a browser that registers when it has loaded the page.</summary>
    internal static readonly TimeSpan OfferTime = TimeSpan.FromMinutes(10);

    // At once: what can't work stops the app at its start.
    internal DeviceBindingOptions Options { get; } = options.Value;

    internal DateTimeOffset Now => ExpiryPolicy.Milliseconds(clock.GetUtcNow());

    /// <summary>The address of what the browser is to ask, from the root of the host.</summary>
    /// <param name="pathBase">That of where it is answered, which in a branch of the pipeline is not the request's.</param>
    internal static string AddressOf(PathString pathBase, string driver, string action) =>
        $"{pathBase.ToUriComponent()}{Root}/{Uri.EscapeDataString(driver)}/{action}";

    /// <summary>Where the browser is, as it has said itself: what the framework makes of a host can't be made of each.</summary>
    internal static string OriginOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Headers.Host}";

    /// <summary>The name that what travels for bindings is sealed with: no cookie can have it, so that none of it is good as anything else.</summary>
    internal static string SealName(FuelSessionsOptions options) => $"device:{options.BoundName}";

    /// <summary>An authorization's own challenge, and the id of the binding that comes of it: neither need be kept until somebody registers.</summary>
    internal static UInt128 IdOf(ReadOnlySpan<char> authorization) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(authorization.ToString())));

    internal static string Text(UInt128 challenge)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, challenge);
        return Base64Url.EncodeToString(bytes);
    }

    internal static UInt128 NewChallenge() => BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16));

    internal static bool IsChallenge(string text, UInt128 challenge) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes(Text(challenge)));

    /// <summary>How a request stands to the binding of the session whose good id it brought [B4].</summary>
    internal BindingStanding StandingOf(HttpContext context, DeviceBinding binding, FuelSessionsOptions session)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return BoundCookie.IsGood(context, binding, session, now) ? BindingStanding.Proved
            : binding.Confirmed is not { } confirmed ? BindingStanding.Free
            : now <= confirmed + session.PreviousIdGrace ? BindingStanding.Late
            : Options.OnUnboundRequest switch
            {
                UnboundRequestAction.Refuse => BindingStanding.Refused,
                UnboundRequestAction.ReadOnly => BindingStanding.ReadOnly,
                _ => BindingStanding.Reported,
            };
    }
}
