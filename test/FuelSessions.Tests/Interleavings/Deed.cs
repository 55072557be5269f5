namespace FuelSessions.Tests.Interleavings;

/// <summary>What a request does between loading its session and answering.</summary>
public enum Deed
{
    Read,
    Write,
    Increment,

    /// <summary>Reads, while the rotation is due.</summary>
    AutoRotate,
    AutoRotateAndIncrement,

    Rotate,
    RotateAndIncrement,

    Revoke,
    RevokeAndIncrement,

    /// <summary>Attaches a principal, which revokes; and increments.</summary>
    SignInAda,
    SignInBob,
    SignOut,

    Destroy,

    /// <summary>Destroys, begins another session and increments.</summary>
    Renew,

    /// <summary>Increments, saves at once, increments again.</summary>
    SaveAndIncrement,

    /// <summary>Rotates and increments, saves at once, increments again.</summary>
    RotateSaveAndIncrement,

    /// <summary>Increments, saves at once, then revokes and increments again, whatever became of the session.</summary>
    SaveRevokeAndIncrement,

    /// <summary>Increments with a function that is shown what is there, as often as it is run.</summary>
    Update,

    /// <summary>Gives the session another lifetime, which the client's cookie must have too.</summary>
    Prolong,
}

/// <summary>What a request shows of itself.</summary>
public enum Presents
{
    Current,
    Previous,

    /// <summary>The id before the previous one.</summary>
    Stale,

    /// <summary>A session token, made at the start.</summary>
    Token,
}

public sealed record Plan(Deed Deed, Presents Presents)
{
    internal bool Revokes => Deed is Deed.Revoke or Deed.RevokeAndIncrement or Deed.SaveRevokeAndIncrement || Attaches;

    internal bool Attaches => Deed is Deed.SignInAda or Deed.SignInBob or Deed.SignOut;

    internal string? Principal => Deed switch
    {
        Deed.SignInAda => "ada",
        Deed.SignInBob => "bob",
        _ => null,
    };

    internal bool RotatesByItself => Deed is Deed.AutoRotate or Deed.AutoRotateAndIncrement;

    internal bool RotatesOnDemand => Deed is Deed.Rotate or Deed.RotateAndIncrement or Deed.RotateSaveAndIncrement;

    /// <summary>Whether it may rotate for a reason of its own, and not merely because the time has come.</summary>
    internal bool Demands => RotatesOnDemand || Revokes || Destroys || Deed == Deed.Prolong;

    internal bool OnlyReads => Deed is Deed.Read or Deed.AutoRotate;

    internal bool Destroys => Deed is Deed.Destroy or Deed.Renew;

    /// <summary>How often it saves.</summary>
    internal int Saves => Deed is Deed.SaveAndIncrement or Deed.RotateSaveAndIncrement or Deed.SaveRevokeAndIncrement ? 2 : 1;

    public override string ToString() => $"{Deed} with {Presents}";
}
