using System.Text.Json;

namespace FuelSessions.Engine;

/// <summary>How an app's values become JSON.</summary>
internal sealed class ValueFormat(JsonSerializerOptions options)
{
    internal JsonSerializerOptions Options => options;
}
