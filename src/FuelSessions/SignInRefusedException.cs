using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// Somebody has as many sessions as <see cref="FuelSessionsOptions.MaxSessionsPerPrincipal"/> allows, and <see cref="TooManySessionsAction.RefuseSignIn"/> refuses one more.
/// Thrown by <c>SignInAsync</c> of an authentication scheme; after <see cref="Session.AttachPrincipal"/> when the session would have been saved. The session goes on as it was
/// before. If the app's code lets it pass, the middleware answers with status 403, without a body.
/// </summary>
public sealed class SignInRefusedException : BadHttpRequestException
{
    internal SignInRefusedException(int limit)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"The user has {limit} sessions, as many as they may (MaxSessionsPerPrincipal), and none of them is to end for another one (OnTooManySessions). They can end one where they are signed in (ISessionRegistry)."),
            StatusCodes.Status403Forbidden) =>
        Limit = limit;

    /// <summary>How many sessions the user may have.</summary>
    public int Limit { get; }
}
