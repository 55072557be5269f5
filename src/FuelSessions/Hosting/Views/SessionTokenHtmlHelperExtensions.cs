using FuelSessions;
using Microsoft.AspNetCore.Html;

namespace Microsoft.AspNetCore.Mvc.Rendering;

/// <summary>For views without tag helpers.</summary>
public static class SessionTokenHtmlHelperExtensions
{
    /// <summary>The hidden field of <see cref="SessionTokenTagHelper"/>: <c>@Html.SessionToken()</c>.</summary>
    /// <param name="html">The view's helper.</param>
    /// <param name="driver">Which driver's session. Default: the app's default one.</param>
    /// <exception cref="InvalidOperationException"><see cref="FuelSessionsOptions.PostFieldName"/> is not set, or there is no request with sessions.</exception>
    public static IHtmlContent SessionToken(this IHtmlHelper html, string? driver = null)
    {
        ArgumentNullException.ThrowIfNull(html);
        return SessionTokenField.Of(FuelSessions.Session.Forge(driver));
    }
}
