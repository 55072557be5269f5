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
    /// <param name="Others">Further ids of that cookie name, in the order in which they came, and then those of the other client's cookie; null: none.</param>
    /// <param name="OtherRecord">The record that came in the other client's cookie, if there are both.</param>
    internal readonly record struct Arrival(Channel Channel, PresentedId? Id, SessionRecord? Record, PresentedId[]? Others = null, SessionRecord? OtherRecord = null);

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
        Arrival? first = FromCookie(context, CookieUse.First, options, protector, isCarried);
        if (!OtherCookie.MayBeIn(context)
            || FromCookie(context, CookieUse.Other, options, protector, isCarried) is not { } other)
        {
            return first;
        }

        return first is not { } found ? other : found with
        {
            Others = [.. found.Others ?? [], other.Id!.Value, .. other.Others ?? []],
            OtherRecord = other.Record,
        };
    }

    private static Arrival? FromCookie(HttpContext context, CookieUse use, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        string name = OtherCookie.Name(use, options.CookieName);
        ReadOnlySpan<char> first = SessionCookie.Read(context, name, out List<string>? several);
        if (several is not null)
        {
            return FromSeveral(several, context, name, use, options, protector, isCarried);
        }

        return Parse(isCarried ? SessionCookie.ReadChunks(context, name, first) : first, Channel.Cookie, use, options, protector, isCarried);
    }

    private static Arrival? FromSeveral(List<string> several, HttpContext context, string name, CookieUse use, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        // What is malformed or another app's is absent; of the others the store knows which one is good.
        List<Arrival> arrivals = [];
        foreach (string value in several)
        {
            if (Parse(isCarried ? SessionCookie.ReadChunks(context, name, value) : value, Channel.Cookie, use, options, protector, isCarried) is { } arrival)
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

    private static Arrival? Parse(ReadOnlySpan<char> text, Channel channel, FuelSessionsOptions options, IdProtector protector, bool isCarried) =>
        Parse(text, channel, CookieUse.None, options, protector, isCarried);

    private static Arrival? Parse(ReadOnlySpan<char> text, Channel channel, CookieUse use, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        string name = OtherCookie.Name(use, options.BoundName);
        bool travelsBack = channel == Channel.Header || (channel == Channel.Cookie && options.EnableCookie);
        if (isCarried)
        {
            return protector.TryReadRecord(text, name, out SessionId carried, out SessionRecord? record)
                ? new Arrival(channel, new PresentedId(carried.Key, carried.Secret, null, travelsBack, null, use), record)
                : null;
        }

        string? known = null;
        if (options.EncryptCookie ? protector.TryReadId(text, name, out SessionId id, out known) : SessionId.TryParse(text, out id))
        {
            return new Arrival(channel, new PresentedId(id.Key, id.Secret, null, travelsBack, known, use), null);
        }

        return channel != Channel.Cookie && protector.TryReadToken(text, name, out SessionId token)
            ? new Arrival(channel, new PresentedId(token.Key, null, token.Secret, TravelsBack: false), null)
            : null;
    }
}
