namespace FuelSessions.Engine;

/// <summary>Why a session ends that is not the request's own, and who does it.</summary>
/// <param name="Events">Where it is to be told; null: to nobody.</param>
/// <param name="Principal">Whose request it is; null: nobody's, or not known.</param>
internal readonly record struct EndedBy(PendingEvents? Events, SessionEnding Why, string? Principal);
