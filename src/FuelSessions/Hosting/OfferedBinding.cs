using FuelSessions.Records;

namespace FuelSessions;

/// <summary>What a response offers the browser to bind a session with, and for which id.</summary>
internal sealed record OfferedBinding(SessionId Id, string Text);
