namespace FuelSessions.Fuzz.Running;

/// <summary>How a run ended.</summary>
internal static class ExitCodes
{
    internal const int Clean = 0;
    internal const int Found = 1;
    internal const int Usage = 2;
}
