namespace FuelSessions.Tool;

/// <summary>What the tool ends with; docs/tool.md lists them for scripts.</summary>
internal static class ExitCode
{
    internal const int Done = 0;

    /// <summary>The store can't be reached, or refused.</summary>
    internal const int Failed = 1;

    /// <summary>The command line can't be understood.</summary>
    internal const int Usage = 2;

    /// <summary>There is no such session, principal or table.</summary>
    internal const int NotFound = 3;

    /// <summary>It was not confirmed; nothing was changed.</summary>
    internal const int NotConfirmed = 4;

    /// <summary><c>doctor</c> found something to mend.</summary>
    internal const int Unwell = 5;

    /// <summary>It was interrupted, as by Ctrl+C; 128 and the number of that signal, as shells have it.</summary>
    internal const int Interrupted = 130;

    /// <summary>The same by SIGTERM.</summary>
    internal const int Terminated = 143;
}
