using System.Net.Http.Json;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Knows which bodies can be sent a second time.</summary>
internal static class ResendableContent
{
    internal static bool Is(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => true,
        MultipartContent parts => parts.All(Is),

        // Of this very type: it goes back to where the stream stood. What derives from it may do otherwise.
        StreamContent stream when stream.GetType() == typeof(StreamContent) => stream.ReadAsStream().CanSeek,
        _ => false,
    };
}
