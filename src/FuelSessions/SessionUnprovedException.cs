using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// A request tried to change a session that is bound to a device, and did not prove to come from there: what
/// <see cref="DeviceBindingOptions.OnUnboundRequest"/> does not allow, or a revoking rotation, which it never allows. If the app's code lets it pass, the
/// middleware answers with status 403.
/// </summary>
public sealed class SessionUnprovedException : BadHttpRequestException
{
    internal SessionUnprovedException(string driver, string what)
        : base(
            $"The session on driver '{driver}' is bound to a device, and this request brought no good bound cookie: {what} The browser gets a new one when it has signed; Session.DeviceProof tells beforehand.",
            StatusCodes.Status403Forbidden)
    {
    }
}
