using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>Takes the id from a request: the first well-formed one of form, cookie, header, query [C1].</summary>
internal static class ChannelReader
{
    // Each costs a read of the store: nobody has more paths, domains and old names in use than that.
    private const int MostCandidates = 4;

    /// <summary>What came, and how; the record too, if it came along in the cookie driver's way.</summary>
    /// <param name="Others">Further ids of that cookie name, in the order in which they came; null: none.</param>
    internal readonly record struct Arrival(Channel Channel, PresentedId? Id, SessionRecord? Record, PresentedId[]? Others = null);

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

        if (FromCookies(context, options, protector, isCarried) is { } fromCookie)
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

    private static Arrival? FromCookies(HttpContext context, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        ReadOnlySpan<char> first = SessionCookie.Read(context, options.CookieName, out List<string>? several);
        if (several is not null)
        {
            return FromSeveral(several, context, options, protector, isCarried);
        }

        return Parse(isCarried ? SessionCookie.ReadChunks(context, options.CookieName, first) : first, Channel.Cookie, options, protector, isCarried);
    }

    private static Arrival? FromSeveral(List<string> several, HttpContext context, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        // What is malformed or another app's is absent; of the others the store knows which one is good.
        List<Arrival> arrivals = [];
        foreach (string value in several)
        {
            if (Parse(isCarried ? SessionCookie.ReadChunks(context, options.CookieName, value) : value, Channel.Cookie, options, protector, isCarried) is { } arrival)
            {
                arrivals.Add(arrival);
            }

            if (arrivals.Count == MostCandidates)
            {
                break;
            }
        }

        if (arrivals.Count == 0)
        {
            return null;
        }

        // A record that came along tells itself whether it is over.
        return isCarried
            ? arrivals.Find(arrival => protector.IsLive(arrival.Record!)) is { Id: not null } live ? live : arrivals[0]
            : arrivals[0] with { Others = arrivals.Count > 1 ? [.. arrivals.Skip(1).Select(arrival => arrival.Id!.Value)] : null };
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
            return protector.TryReadRecord(text, options.CookieName, out SessionId carried, out SessionRecord? record)
                ? new Arrival(channel, new PresentedId(carried.Key, carried.Secret, null, travelsBack), record)
                : null;
        }

        string? known = null;
        if (options.EncryptCookie ? protector.TryReadId(text, options.CookieName, out SessionId id, out known) : SessionId.TryParse(text, out id))
        {
            return new Arrival(channel, new PresentedId(id.Key, id.Secret, null, travelsBack, known), null);
        }

        return channel != Channel.Cookie && protector.TryReadToken(text, options.CookieName, out SessionId token)
            ? new Arrival(channel, new PresentedId(token.Key, null, token.Secret, TravelsBack: false), null)
            : null;
    }
}
