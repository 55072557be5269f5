using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FuelSessions;

/// <summary>
/// <c>&lt;session-token /&gt;</c> in a form of a Razor page or view: a hidden field of the name <see cref="FuelSessionsOptions.PostFieldName"/> that holds
/// <see cref="Session.Token"/>, for clients that send no cookie. Needs <c>@addTagHelper *, FuelSessions</c>.
/// </summary>
[HtmlTargetElement("session-token", TagStructure = TagStructure.WithoutEndTag)]
public sealed class SessionTokenTagHelper : TagHelper
{
    /// <summary>Which driver's session. Default: the app's default one.</summary>
    public string? Driver { get; set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException"><see cref="FuelSessionsOptions.PostFieldName"/> is not set, or there is no request with sessions.</exception>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.TagName = null;
        output.Content.SetHtmlContent(SessionTokenField.Of(await Session.ForgeAsync(Driver).ConfigureAwait(false)));
    }
}
