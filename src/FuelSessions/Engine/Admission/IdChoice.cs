namespace FuelSessions.Engine;

/// <summary>
/// Which id is meant, where a client sent several: the first good one. A dead cookie of another path would otherwise keep its user out for as
/// long as it lives [C1]. Where none is good, one that is alive all the same, as nothing may be sent in its place [R6, R11].
/// </summary>
internal struct IdChoice
{
    private Worth _best;

    /// <summary>Null as long as none leads anywhere.</summary>
    internal PresentedId? Meant { get; private set; }

    /// <summary>Whether the cookie for other clients is taken as well, by yet another one.</summary>
    internal bool IsOtherTaken { get; private set; }

    /// <summary>Looks at the next one.</summary>
    /// <returns>Whether it is the one, and no other is to be looked at.</returns>
    internal bool Take(PresentedId candidate, bool isFirst, Worth worth)
    {
        if (!isFirst && worth == Worth.OtherClient && candidate.Cookie == CookieUse.Other)
        {
            // It keeps nobody from beginning a session in the first cookie, if that is free.
            IsOtherTaken = true;
        }
        else if (worth >= Worth.OtherClient ? worth > _best : worth != Worth.None && Meant is null)
        {
            (Meant, _best) = (candidate, worth);
        }

        return worth == Worth.Good;
    }
}
