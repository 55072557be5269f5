namespace FuelSessions.Tool;

/// <summary>Ends the command with a message and a code.</summary>
internal sealed class ToolException(int exitCode, string message) : Exception(message)
{
    internal int ExitCode => exitCode;
}
