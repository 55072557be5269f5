namespace FuelSessions.Engine;

/// <summary>The client's consent to cookies [C7]. Other middleware knows of it: it is asked where the answer matters.</summary>
internal interface IConsent
{
    /// <summary>Whether the pipeline would withhold the session's cookie, for want of consent.</summary>
    bool IsLacking { get; }

    /// <summary>Whether what nobody else knows would reach nobody: the cookie is withheld, and there is no token.</summary>
    bool KeepsBack { get; }
}
