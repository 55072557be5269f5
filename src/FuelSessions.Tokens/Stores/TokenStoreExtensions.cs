using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Stores.File;
using FuelSessions.Tokens.Stores.WebSession;

namespace FuelSessions.Tokens;

/// <summary>Chooses where a client keeps its tokens. Each of these encrypts them with Data Protection.</summary>
public static class TokenStoreExtensions
{
    /// <summary>Keeps tokens in this process, until it ends.</summary>
    /// <param name="options">The client's options.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseMemory(this TokenSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.UseStore((_, _) => new MemoryTokenStore());
    }

    /// <summary>
    /// Keeps each token in a file, for console tools: readable by its owner only, and shared by any number of processes of one machine, of which one
    /// at a time renews a token. Where there is no Data Protection, its keys are made in <c>keys</c> beside the tokens.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <param name="folder">
    /// Made for its owner only if it is missing; one that exists keeps its rights, and must be this account's, with nobody else allowed to write there.
    /// A relative path starts at the working directory. On a local file system: others may ignore locks.
    /// </param>
    /// <param name="allowShared">
    /// Whether other accounts may own, read or write the folder and what is in it, as on a volume whose rights the platform sets.
    /// </param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseFile(this TokenSessionOptions options, string folder, bool allowShared = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return options.UseStore((_, context) => new FileTokenStore(folder, context.Clock, allowShared));
    }

    /// <summary>
    /// Keeps tokens in the FuelSessions session of the request, and sets <see cref="TokenSessionOptions.Owner"/> to that session. A token is stored at
    /// once, not with the session's own changes: also after the response headers went out, and after the request. It
    /// stays through every rotation of the session's id and ends with the session; one that is renewed after that is dropped with a warning, because the
    /// user has signed out. Getting the owner counts as a use of the session.
    /// </summary>
    /// <remarks>
    /// The first token of a session that is not stored yet saves that session at once, so it must come before the response headers go out. Not
    /// for the <c>cookie</c> driver, which has no server side. <c>Session.Clear</c> removes the tokens that there are, too.
    /// </remarks>
    /// <param name="options">The client's options.</param>
    /// <param name="driver">The session driver; null: the default one.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseWebSession(this TokenSessionOptions options, string? driver = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.SessionDriver = driver;
        options.Owner = (_, cancellationToken) => SessionOwner.OfThisRequestAsync(driver, cancellationToken);
        return options.UseStore((services, context) => WebSessionTokenStore.Create(services, context, driver));
    }
}
