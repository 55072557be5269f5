namespace FuelSessions.Demo.Web;

/// <summary>What a session knows of itself, as far as a page may show it: never the id.</summary>
internal sealed record SessionView(
    string Driver,
    string State,
    bool IsNew,
    string Fingerprint,
    string IdMark,
    DateTimeOffset Created,
    DateTimeOffset Rotated,
    DateTimeOffset Updated,
    string? Principal)
{
    internal static SessionView Of(Session session) => new(
        session.Options.Driver,
        session.State.ToString(),
        session.IsNew,
        session.Fingerprint,
        Web.IdMark.Of(session),
        session.Created,
        session.Rotated,
        session.Updated,
        session.Principal);
}
