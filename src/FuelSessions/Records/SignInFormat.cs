using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace FuelSessions.Records;

/// <summary>What a sign-in has left in a record beside the principal's name, in a block of its own: a byte that says what there is, and at last the ticket.</summary>
internal static class SignInFormat
{
    private const byte SaysCookie = 1;
    private const byte KeepsCookie = 2;
    private const byte HasTime = 4;
    private const byte HasUserAgent = 8;
    private const byte HasAddress = 16;

    internal static bool IsIn([NotNullWhen(true)] RecordOwner? owner) => owner is not null && (GivenIn(owner) != 0 || !owner.Ticket.IsEmpty);

    internal static int Size(RecordOwner owner) =>
        1 + (owner.SignedIn is null ? 0 : sizeof(ulong)) + SizeOf(owner.UserAgent) + SizeOf(owner.Address) + owner.Ticket.Length;

    internal static void Write(RecordOwner owner, ref RecordWriter writer)
    {
        writer.Byte(GivenIn(owner));
        if (owner.SignedIn is { } time)
        {
            writer.Long((ulong)time.ToUnixTimeMilliseconds());
        }

        if (owner.UserAgent is { } userAgent)
        {
            writer.TextBlock(userAgent, Encoding.UTF8.GetByteCount(userAgent));
        }

        if (owner.Address is { } address)
        {
            writer.TextBlock(address, Encoding.UTF8.GetByteCount(address));
        }

        writer.Raw(owner.Ticket.Span);
    }

    /// <param name="principal">What stands before the block.</param>
    /// <param name="block">Empty if there is none.</param>
    /// <exception cref="SessionRecordFormatException">It is damaged.</exception>
    internal static RecordOwner? Read(string? principal, ReadOnlyMemory<byte> block)
    {
        if (block.IsEmpty)
        {
            return principal is null ? null : new RecordOwner(principal);
        }

        ReadOnlySpan<byte> bytes = block.Span;
        var reader = new RecordReader(bytes, 0);
        byte given = reader.Byte();
        var owner = new RecordOwner(principal)
        {
            KeepsCookie = (given & SaysCookie) == 0 ? null : (given & KeepsCookie) != 0,
            SignedIn = (given & HasTime) != 0 ? RecordReader.TimeAt((long)reader.Long()) : null,
            UserAgent = (given & HasUserAgent) != 0 ? Encoding.UTF8.GetString(bytes[reader.Block()]) : null,
            Address = (given & HasAddress) != 0 ? Encoding.UTF8.GetString(bytes[reader.Block()]) : null,
            Ticket = block[reader.Rest()],
        };
        return RecordOwner.Of(owner, static same => same);
    }

    private static int SizeOf(string? text) => text is null ? 0 : RecordWriter.SizeOfBlock(Encoding.UTF8.GetByteCount(text));

    private static byte GivenIn(RecordOwner owner) => (byte)(
        (owner.KeepsCookie is null ? 0 : owner.KeepsCookie.Value ? SaysCookie | KeepsCookie : SaysCookie)
        | (owner.SignedIn is null ? 0 : HasTime)
        | (owner.UserAgent is null ? 0 : HasUserAgent)
        | (owner.Address is null ? 0 : HasAddress));
}
