namespace FuelSessions.Engine;

/// <summary>That the app has said whom the session belongs to.</summary>
/// <param name="Principal">Null: nobody.</param>
internal readonly record struct Attachment(string? Principal);
