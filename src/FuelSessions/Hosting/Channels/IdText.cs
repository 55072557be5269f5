namespace FuelSessions;

/// <summary>What a client is sent as its id, in two parts: what is this id's own, and what many share, which is kept once.</summary>
internal readonly record struct IdText(string Own, string Shared = "")
{
    public override string ToString() => Own + Shared;
}
