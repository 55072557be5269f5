using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>Who asks, when, and what can reach the client: all that planning goes by besides the record and what is wanted.</summary>
internal readonly struct Asker
{
    /// <summary>The secret of the id that was presented; null for a token, or nothing.</summary>
    internal SessionSecret? Shown { get; init; }

    /// <summary>Whether another id can still go back the way this one came [C2].</summary>
    internal bool IsReachable { get; init; }

    /// <summary>Whether the pipeline would withhold its cookie, for want of consent [C7].</summary>
    internal bool IsWithheld { get; init; }

    /// <summary>Whether what nobody else knows would reach nobody: the cookie is withheld, and there is no token [C7].</summary>
    internal bool IsKeptBack { get; init; }

    /// <summary>Whether the app has changed how the cookie looks, so that it is to go out again [W7].</summary>
    internal bool WantsCookieAgain { get; init; }

    internal ClientIdentity Client { get; init; }

    internal FuelSessionsOptions Options { get; init; }

    internal DateTimeOffset Now { get; init; }

    internal bool Presents(SessionRecord record) => Shown is { } secret && secret.Hash().Equals(record.CurrentHash);

    /// <summary>Whether the browser has shown for the first time that it knows of the binding, which counts from then on [B4].</summary>
    internal bool ConfirmsBinding(SessionRecord record) => Client.IsOnDevice && record.Binding is { Confirmed: null };

    /// <summary>Whether the client is to be told the current id though nothing is stored [R4, W7].</summary>
    internal bool LacksId(SessionRecord record) => WantsCookieAgain || (IsReachable && !Presents(record));
}
