using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>Takes the id from a request: the first well-formed one of form, cookie, header, query [C1].</summary>
internal static class ChannelReader
{
    /// <summary>What came, how, and for a protected id as which text; the record too, if it came along in the cookie driver's way.</summary>
    internal readonly record struct Arrival(Channel Channel, PresentedId? Id, string? Text, SessionRecord? Record);

    internal static bool MayHaveForm(HttpContext context, FuelSessionsOptions options) =>
        options.PostFieldName is not null && context.Request.HasFormContentType;

    internal static Arrival Read(HttpContext context, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        // A form counts once it was read: whether it may be is decided elsewhere [C4].
        if (options.PostFieldName is { } field && context.Features.Get<IFormFeature>()?.Form is { } form
            && Parse((string?)form[field], Channel.Form, options, protector, isCarried) is { } fromForm)
        {
            return fromForm;
        }

        ReadOnlySpan<char> cookie = isCarried ? SessionCookie.ReadChunks(context, options.CookieName) : SessionCookie.Read(context, options.CookieName);
        if (Parse(cookie, Channel.Cookie, options, protector, isCarried) is { } fromCookie)
        {
            return fromCookie;
        }

        if (options.HeaderName is { } header
            && Parse((string?)context.Request.Headers[header], Channel.Header, options, protector, isCarried) is { } fromHeader)
        {
            return fromHeader;
        }

        return options.QueryParameterName is { } parameter
            && Parse((string?)context.Request.Query[parameter], Channel.Query, options, protector, isCarried) is { } fromQuery
                ? fromQuery
                : default;
    }

    private static Arrival? Parse(ReadOnlySpan<char> text, Channel channel, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        bool travelsBack = channel == Channel.Header || (channel == Channel.Cookie && options.EnableCookie);
        if (isCarried)
        {
            return protector.TryReadRecord(text, out SessionId carried, out SessionRecord? record)
                ? new Arrival(channel, new PresentedId(carried.Key, carried.Secret, 0, travelsBack), null, record)
                : null;
        }

        string? known = null;
        if (options.EncryptCookie ? protector.TryReadId(text, out SessionId id, out known) : SessionId.TryParse(text, out id))
        {
            return new Arrival(channel, new PresentedId(id.Key, id.Secret, 0, travelsBack), known, null);
        }

        return channel != Channel.Cookie && protector.TryReadToken(text, out SessionKey key, out uint epoch)
            ? new Arrival(channel, new PresentedId(key, null, epoch, TravelsBack: false), null, null)
            : null;
    }
}
