namespace FuelSessions.Demo.Client;

/// <summary>What became of parallel calls, as the callers and the provider saw it.</summary>
/// <param name="Answered">Calls that were answered with what they asked for.</param>
/// <param name="Unauthorized">Calls that came back to their caller with 401.</param>
/// <param name="Failed">Calls without a usable token, or without an answer.</param>
/// <param name="Rejected">401s of the API, also those after which the client renewed the token and sent the call again.</param>
/// <param name="RefreshesBefore">How often the provider had renewed this sign-in's token.</param>
/// <param name="RefreshesAfter">The same afterwards.</param>
internal sealed record CallReport(int Answered, int Unauthorized, int Failed, int Rejected, int RefreshesBefore, int RefreshesAfter)
{
    internal int Refreshes => RefreshesAfter - RefreshesBefore;

    internal bool IsGood => Unauthorized == 0 && Failed == 0 && Refreshes <= 1;
}
