namespace FuelSessions.Fuzz.Planted;

/// <summary>A mistake, of a kind that decoders have.</summary>
internal enum Plant
{
    /// <summary>None: every promise holds.</summary>
    Nothing,

    /// <summary>It believes a length, and reads past the end.</summary>
    Crash,

    /// <summary>It does not go on where a block is empty.</summary>
    Hang,

    /// <summary>It makes room for what is announced before it has come.</summary>
    Allocation,

    /// <summary>It calls itself for each level of what is nested.</summary>
    Overflow,

    /// <summary>It takes a check for passed where only its first half is right.</summary>
    Forgery,

    /// <summary>It writes one value in a way that it reads as another.</summary>
    Value,
}
