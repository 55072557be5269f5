namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>
/// A row of the sessions table. <see cref="Payload"/> is the whole encoded record; the other columns are for finding,
/// comparing and looking on. Of what is in both, <see cref="Expires"/> is the one that counts: a touch moves it alone.
/// </summary>
internal sealed class SessionRow
{
    public required byte[] SessionKey { get; init; }

    public required byte[] CurrentId { get; init; }

    public byte[]? PreviousId { get; init; }

    public required long Created { get; init; }

    public required long Updated { get; init; }

    public required long Expires { get; init; }

    public string? Principal { get; init; }

    public required long Version { get; init; }

    public required byte[] Payload { get; init; }
}
