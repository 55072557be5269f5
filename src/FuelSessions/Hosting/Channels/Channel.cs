namespace FuelSessions;

/// <summary>How an id came in [C1, C2].</summary>
internal enum Channel
{
    None,
    Form,
    Cookie,
    Header,
    Query,
}
