namespace FuelSessions;

/// <summary>What happens when somebody signs in who has as many sessions as <see cref="FuelSessionsOptions.MaxSessionsPerPrincipal"/> already.</summary>
public enum TooManySessionsAction
{
    /// <summary>The oldest sign-in ends, at once.</summary>
    EndOldest,

    /// <summary>The sign-in is refused, with a <see cref="SignInRefusedException"/>; those who are signed in stay.</summary>
    RefuseSignIn,
}
