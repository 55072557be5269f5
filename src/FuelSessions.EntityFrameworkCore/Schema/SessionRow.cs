namespace FuelSessions.EntityFrameworkCore.Schema;

/// <summary>
/// A row of the sessions table, as the app's model and its migrations see it. Not for use by the app: the driver writes and reads it with
/// statements of its own. <see cref="Payload"/> is the whole encoded record; the other columns are for finding,
/// comparing and looking on. Of what is in both, <see cref="Expires"/> is the one that counts: a touch moves it alone.
/// </summary>
/// <remarks>Public, open and virtual, so that compiled models and proxies of an app's context work.</remarks>
public class SessionRow
{
    /// <summary>What the session is looked up by: 16 bytes.</summary>
    public virtual required byte[] SessionKey { get; set; }

    /// <summary>The hash of the current id's secret: 16 bytes.</summary>
    public virtual required byte[] CurrentId { get; set; }

    /// <summary>The hash of the previous id's secret: 16 bytes; null until the first rotation.</summary>
    public virtual byte[]? PreviousId { get; set; }

    /// <summary>When the session began, in Unix milliseconds.</summary>
    public virtual required long Created { get; set; }

    /// <summary>When it was last written, in Unix milliseconds.</summary>
    public virtual required long Updated { get; set; }

    /// <summary>When it ends, in Unix milliseconds.</summary>
    public virtual required long Expires { get; set; }

    /// <summary>Whom it belongs to; null for an anonymous one.</summary>
    public virtual string? Principal { get; set; }

    /// <summary>Grows by one with each write.</summary>
    public virtual required long Version { get; set; }

    /// <summary>The encoded record.</summary>
    public virtual required byte[] Payload { get; set; }
}
