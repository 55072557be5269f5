using Microsoft.AspNetCore.Mvc.Rendering;

namespace FuelSessions;

/// <summary>The hidden field by which a form brings its session along.</summary>
internal static class SessionTokenField
{
    /// <exception cref="InvalidOperationException">The session's ids may not come in a form.</exception>
    internal static TagBuilder Of(Session session)
    {
        string name = session.Transaction.Options.PostFieldName
            ?? throw new InvalidOperationException(
                $"No field of a form may bring a session's token on driver '{session.Driver}': PostFieldName is not set. Set {nameof(FuelSessionsOptions)}.{nameof(FuelSessionsOptions.PostFieldName)}.");
        var field = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        field.Attributes["type"] = "hidden";
        field.Attributes["name"] = name;
        field.Attributes["value"] = session.Token;
        return field;
    }
}
