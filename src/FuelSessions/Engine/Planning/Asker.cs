using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>Who asks, when, and what can reach the client: all that planning goes by besides the record and what is wanted.</summary>
internal readonly struct Asker
{
    /// <summary>The secret of the id that was presented; null for a token, or nothing.</summary>
    internal SessionSecret? Shown { get; init; }

    /// <summary>Whether another id can still go back the way this one came [C2].</summary>
    internal bool IsReachable { get; init; }

    /// <summary>Null: it is not asked for.</summary>
    internal IConsent? Consent { get; init; }

    /// <inheritdoc cref="IConsent.IsLacking"/>
    internal bool IsWithheld => Consent is { IsLacking: true };

    /// <inheritdoc cref="IConsent.KeepsBack"/>
    internal bool IsKeptBack => Consent is { KeepsBack: true };

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
