using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>That the app has said whom the session belongs to.</summary>
/// <param name="Owner">Null: nobody.</param>
/// <param name="IsSignIn">Whether somebody has proved who they are, which counts also of whom it belongs to already [A2].</param>
/// <param name="IsRest">Whether it is the rest of what is said of the owner that changes, as when a ticket is renewed [A6].</param>
internal readonly record struct Attachment(RecordOwner? Owner, bool IsSignIn = false, bool IsRest = false)
{
    internal string? Principal => Owner?.Principal;
}
