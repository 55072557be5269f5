using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>An id and its hash, which is dear compared with all else in a run.</summary>
internal sealed record KnownId(SessionId Id, SecretHash Hash)
{
    internal KnownId(SessionKey key, SessionSecret secret)
        : this(new SessionId(key, secret), secret.Hash())
    {
    }

    internal SessionKey Key => Id.Key;

    internal (SessionKey Session, SecretHash Secret) Name => (Key, Hash);

    internal PresentedId Presented => new(Id.Key, Id.Secret, null, TravelsBack: true);
}
