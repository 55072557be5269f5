using System.Text.Json;

namespace FuelSessions;

/// <summary>
/// A session variable was asked for as a type that it can't be read as. The session's other variables stay readable,
/// and saving keeps this one's bytes.
/// </summary>
public sealed class SessionValueException : InvalidOperationException
{
    internal SessionValueException(string path, string stored, Type requested, Exception? innerException)
        : base($"Session variable '{path}' holds {stored}, which can't be read as '{requested}'.", innerException)
    {
        Path = path;
        RequestedType = requested;
    }

    private SessionValueException(string message, string path, Type requested)
        : base(message)
    {
        Path = path;
        RequestedType = requested;
    }

    internal static SessionValueException Through(string path, JsonTokenType kind, Type requested) => new(
        $"Session variable '{path}' leads through {(kind switch { JsonTokenType.Number => "a number", JsonTokenType.String => "text", _ => "a truth value" })}, which would be lost. "
        + "Where a part of the path is data that may hold dots, keep it in one part: $\"cart.items.{sku}\" written into the call, or SessionPath.Of(\"cart\", \"items\", sku).",
        path,
        requested);

    /// <summary>The path of the variable.</summary>
    public string Path { get; }

    /// <summary>The type it was asked for.</summary>
    public Type RequestedType { get; }
}
