namespace FuelSessions.Tokens.Endpoint;

internal static class Utf8Text
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>A body without the byte order mark that some servers put first, and that JSON must not have (RFC 8259, section 8.1).</summary>
    internal static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith(Mark) ? body[Mark.Length..] : body;
}
