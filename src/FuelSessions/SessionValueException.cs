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

    /// <summary>The path of the variable.</summary>
    public string Path { get; }

    /// <summary>The type it was asked for.</summary>
    public Type RequestedType { get; }
}
