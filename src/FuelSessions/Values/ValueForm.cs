namespace FuelSessions.Values;

/// <summary>What kind of values a type has, as far as it matters for what may be lost of them.</summary>
internal enum ValueForm
{
    Other,
    List,
    Map,

    /// <summary>A tree of JSON of the app's own.</summary>
    Tree,

    /// <summary>Whatever it is: <c>object</c> is declared.</summary>
    Open,
}
