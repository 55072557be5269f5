using FuelSessions.Engine;
using FuelSessions.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// Takes the ids from a request, in the order of form, cookies, header, query [C1]. What is malformed or another app's is absent; of the others
/// the store knows which one is good.
/// </summary>
internal static class ChannelReader
{
    /// <summary>What came, and how; the record too, if it came along in the cookie driver's way.</summary>
    /// <param name="IsForeign">Whether something came that apps like this one make, and nothing that this one can read.</param>
    internal readonly record struct Arrival(Channel Channel, PresentedId? Id, SessionRecord? Record, bool IsForeign = false)
    {
        internal static Arrival Foreign { get; } = new(Channel.None, null, null, IsForeign: true);
    }

    // What is still encoded can't be read as a form; and what was read of it would be kept as the request's form, for the endpoint too.
    internal static bool MayHaveForm(HttpContext context, FuelSessionsOptions options) =>
        options.PostFieldName is not null && context.Request.HasFormContentType && StringValues.IsNullOrEmpty(context.Request.Headers.ContentEncoding);

    /// <param name="others">
    /// Further ones, in their order, of the cookie driver's that of the other client's cookie; null: none, as nearly always.
    /// </param>
    internal static Arrival Read(HttpContext context, FuelSessionsOptions options, IdProtector protector, bool isCarried, out Arrival[]? others)
    {
        others = null;
        ArrivedIds arrivals = default;

        // A form counts once it was read: whether it may be is decided elsewhere [C4].
        if (options.PostFieldName is { } field && context.Features.Get<IFormFeature>()?.Form is { } form)
        {
            ReadFields(ref arrivals, form[field], Channel.Form, options, protector, isCarried);
            if (arrivals.First.Id is not null)
            {
                // What a page puts into its form it means, also if it is dead: another session is not to be changed for it.
                others = isCarried ? null : arrivals.Others;
                return isCarried ? arrivals.Newest(protector) : arrivals.First;
            }
        }

        ReadCookies(ref arrivals, context, CookieUse.First, options, protector, isCarried);
        ArrivedIds beside = default;
        if (OtherCookie.MayBeIn(context))
        {
            ReadCookies(ref isCarried ? ref beside : ref arrivals, context, CookieUse.Other, options, protector, isCarried);
        }

        if (options.HeaderName is { } header)
        {
            ReadFields(ref arrivals, context.Request.Headers[header], Channel.Header, options, protector, isCarried);
        }

        if (options.QueryParameterName is { } parameter)
        {
            ReadFields(ref arrivals, context.Request.Query[parameter], Channel.Query, options, protector, isCarried);
        }

        if (!isCarried)
        {
            others = arrivals.Others;
            return arrivals.First;
        }

        (Arrival first, Arrival other) = (arrivals.Newest(protector), beside.Newest(protector));
        if (first.Id is null)
        {
            return other.Id is null ? first : other;
        }

        others = other.Id is null ? null : [other];
        return first;
    }

    private static void ReadCookies(ref ArrivedIds arrivals, HttpContext context, CookieUse use, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        string name = OtherCookie.Name(use, options.CookieName);
        ReadOnlySpan<char> first = SessionCookie.Read(context, name, out List<string>? several);
        if (isCarried && (several is not null || CookieChunks.IsCount(first)))
        {
            ReadRecords(ref arrivals, several ?? [first.ToString()], context.Request.Headers.Cookie, name, use, options, protector);
            return;
        }

        if (several is null)
        {
            arrivals.Add(Parse(first, Channel.Cookie, use, options, protector, isCarried));
            return;
        }

        foreach (string value in several)
        {
            arrivals.Add(Parse(value, Channel.Cookie, use, options, protector, isCarried));
        }
    }

    // A page may name a field twice, and a proxy repeat a header or fold its lines into one (RFC 9110, 5.3). No id has a comma.
    private static void ReadFields(ref ArrivedIds arrivals, StringValues fields, Channel channel, FuelSessionsOptions options, IdProtector protector, bool isCarried)
    {
        int left = ArrivedIds.Most;
        foreach (string? field in fields)
        {
            foreach (Range part in field.AsSpan().Split(','))
            {
                if (left-- == 0)
                {
                    return;
                }

                arrivals.Add(Parse(field.AsSpan(part).Trim(), channel, CookieUse.None, options, protector, isCarried));
            }
        }
    }

    private static void ReadRecords(ref ArrivedIds arrivals, List<string> values, StringValues header, string name, CookieUse use, FuelSessionsOptions options, IdProtector protector)
    {
        SortedDictionary<int, List<string>>? chunks = null;

        // Each may be as long as all the cookies together: those that don't count are bounded too.
        foreach ((int occurrence, string value) in values.Take(ArrivedIds.Most).Index())
        {
            if (!CookieChunks.IsCount(value))
            {
                arrivals.Add(Parse(value, Channel.Cookie, use, options, protector, isCarried: true));
                continue;
            }

            string? whole = CookieChunks.Join(value, chunks ??= CookieChunks.In(header, name), occurrence);
            arrivals.Add(whole is "" ? Arrival.Foreign : Parse(whole, Channel.Cookie, use, options, protector, isCarried: true));
        }
    }

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
                ? new Arrival(channel, new PresentedId(carried.Key, carried.Secret, null, travelsBack, use), record)
                : IsForeign(IdProtector.IsForeignRecord(text));
        }

        if (options.EncryptCookie ? protector.TryReadId(text, name, out SessionId id) : SessionId.TryParse(text, out id))
        {
            return new Arrival(channel, new PresentedId(id.Key, id.Secret, null, travelsBack, use), null);
        }

        return channel != Channel.Cookie && protector.TryReadToken(text, name, out SessionId token)
            ? new Arrival(channel, new PresentedId(token.Key, null, token.Secret, TravelsBack: false), null)
            : IsForeign((options.EncryptCookie && SessionId.TryParse(text, out _)) || IdProtector.IsForeignId(text) || (channel != Channel.Cookie && protector.IsForeignToken(text)));
    }

    private static Arrival? IsForeign(bool isForeign) => isForeign ? Arrival.Foreign : null;
}
