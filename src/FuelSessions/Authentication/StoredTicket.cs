using System.Security.Claims;
using System.Text;
using FuelSessions.Records;
using Microsoft.AspNetCore.Authentication;

namespace FuelSessions.Authentication;

/// <summary>
/// A ticket as a record keeps it: in front what each request looks at, behind it the properties and the claims as the framework serializes them, which
/// are decoded if somebody asks.
/// </summary>
internal readonly struct StoredTicket
{
    private const byte Kind = 1;
    private const byte HasIssued = 1;
    private const byte HasExpires = 2;
    private const byte NoRefresh = 4;

    private readonly ReadOnlyMemory<byte> _properties;
    private readonly ReadOnlyMemory<byte> _claims;
    private readonly ReadOnlyMemory<byte> _scheme;

    private StoredTicket(ReadOnlyMemory<byte> bytes, ref RecordReader reader, byte given, ReadOnlyMemory<byte> scheme)
    {
        _scheme = scheme;
        Issued = (given & HasIssued) != 0 ? reader.Time() : null;
        Expires = (given & HasExpires) != 0 ? reader.Time() : null;
        AllowsRefresh = (given & NoRefresh) == 0;
        _properties = bytes[reader.Block()];
        _claims = bytes[reader.Rest()];
    }

    internal DateTimeOffset? Issued { get; }

    internal DateTimeOffset? Expires { get; }

    internal bool AllowsRefresh { get; }

    internal string Scheme => Encoding.UTF8.GetString(_scheme.Span);

    /// <summary>Null if there is none, or another scheme's.</summary>
    /// <param name="scheme">Null: any.</param>
    /// <exception cref="SessionRecordFormatException">It is damaged.</exception>
    internal static StoredTicket? Read(ReadOnlyMemory<byte> bytes, string? scheme)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var reader = new RecordReader(bytes.Span, 0);
        if (reader.Byte() != Kind)
        {
            throw Unknown();
        }

        byte given = reader.Byte();
        ReadOnlyMemory<byte> itsScheme = bytes[reader.Block()];
        return scheme is null || IsText(itsScheme.Span, scheme) ? new StoredTicket(bytes, ref reader, given, itsScheme) : null;
    }

    /// <summary>That of an owner who has one.</summary>
    internal static StoredTicket Of(RecordOwner owner) => Read(owner.Ticket, scheme: null) ?? throw Unknown();

    /// <summary>What an owner's ticket says, decoded when it is asked for.</summary>
    internal static AuthenticationTicket Deferred(RecordOwner owner, string scheme) =>
        new(new DeferredPrincipal(owner), new AuthenticationProperties(new DeferredItems(owner), new DeferredParameters()), scheme);

    internal static byte[] Write(AuthenticationTicket ticket)
    {
        AuthenticationProperties properties = ticket.Properties;
        byte[] items = PropertiesSerializer.Default.Serialize(properties);
        byte[] claims = TicketSerializer.Default.Serialize(new AuthenticationTicket(ticket.Principal, properties: null, ticket.AuthenticationScheme));
        byte[] scheme = Encoding.UTF8.GetBytes(ticket.AuthenticationScheme);
        byte[] bytes = new byte[64 + scheme.Length + items.Length + claims.Length];
        var writer = new RecordWriter(bytes);
        writer.Byte(Kind);
        writer.Byte((byte)((properties.IssuedUtc is null ? 0 : HasIssued) | (properties.ExpiresUtc is null ? 0 : HasExpires) | (properties.AllowRefresh == false ? NoRefresh : 0)));
        writer.Block(scheme);
        if (properties.IssuedUtc is { } issued)
        {
            writer.Time(issued);
        }

        if (properties.ExpiresUtc is { } expires)
        {
            writer.Time(expires);
        }

        writer.Block(items);
        writer.Raw(claims);
        return bytes[..writer.Position];
    }

    /// <summary>A copy of the properties.</summary>
    internal AuthenticationProperties Properties() => PropertiesSerializer.Default.Deserialize(_properties.ToArray()) ?? throw Unknown();

    /// <summary>A copy of whom it says.</summary>
    internal ClaimsPrincipal Principal() => TicketSerializer.Default.Deserialize(_claims.ToArray())?.Principal ?? throw Unknown();

    private static bool IsText(ReadOnlySpan<byte> bytes, string text)
    {
        Span<byte> expected = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, expected, out int size) ? bytes.SequenceEqual(expected[..size]) : Encoding.UTF8.GetString(bytes) == text;
    }

    private static SessionRecordFormatException Unknown() => new("The session's ticket is in a form that this version does not read. Let its user sign in again.");
}
