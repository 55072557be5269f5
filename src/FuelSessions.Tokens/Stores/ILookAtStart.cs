namespace FuelSessions.Tokens.Stores;

/// <summary>A store that has something to look at, or to tell, as the app starts.</summary>
internal interface ILookAtStart
{
    Task LookAsync(CancellationToken cancellationToken);
}
