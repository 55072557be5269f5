namespace FuelSessions.Records;

/// <summary>Whose a session is, and what a sign-in has left in it. Not changed in parts by requests that run at the same time: the last one wins.</summary>
internal sealed record RecordOwner(string? Principal)
{
    internal ReadOnlyMemory<byte> Ticket { get; init; }

    internal bool? KeepsCookie { get; init; }

    internal DateTimeOffset? SignedIn { get; init; }

    internal string? UserAgent { get; init; }

    internal string? Address { get; init; }

    private bool IsEmpty => Principal is null && Ticket.IsEmpty && KeepsCookie is null && SignedIn is null && UserAgent is null && Address is null;

    /// <summary>Null if there is nothing to say.</summary>
    internal static RecordOwner? Of(RecordOwner? before, Func<RecordOwner, RecordOwner> change) =>
        change(before ?? new RecordOwner(Principal: null)) is { IsEmpty: false } owner ? owner : null;
}
