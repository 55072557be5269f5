using System.Diagnostics.CodeAnalysis;
using System.Text;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>The framework's <see cref="ISession"/> over the default session: its keys live in one variable, each a value of bytes.</summary>
internal sealed class NativeSession(RequestSessions sessions) : ISession
{
    private const string Variable = "http_context_session";

    // The framework's own one answers, where all else fails.
    public bool IsAvailable
    {
        get
        {
            try
            {
                return !sessions.Current.IsDetached;
            }
            catch (SessionStoreException)
            {
                return false;
            }
        }
    }

    public string Id => NativeSessionId.Of(sessions.Current.Transaction.UsedKey);

    public IEnumerable<string> Keys => sessions.Current.Get<Dictionary<string, object?>>(Variable)?.Keys ?? Enumerable.Empty<string>();

    public void Clear() => sessions.Current.Delete(Variable);

    public Task CommitAsync(CancellationToken cancellationToken = default) => sessions.Current.SaveAsync(cancellationToken);

    public Task LoadAsync(CancellationToken cancellationToken = default) => sessions.ForgeAsync(cancellationToken: cancellationToken);

    public void Remove(string key) => sessions.Current.Transaction.Apply(new RemoveVariable(Path(key)));

    public void Set(string key, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        sessions.Current.Transaction.Apply(new SetVariable(Path(key), ValueSerializer.Serialize(Path(key), value, sessions.Current.Transaction.Options.Values)));
    }

    public bool TryGetValue(string key, [NotNullWhen(true)] out byte[]? value)
    {
        Session session = sessions.Current;
        value = session.Transaction.TryGet(Path(key), out ReadOnlyMemory<byte> json)
            ? ValueSerializer.Deserialize<byte[]>(Path(key), json, session.Transaction.Options.Values)
            : null;
        return value is not null;
    }

    // Its keys are plain names: a dot in one is no path. The framework's own compares them as UTF-8, in which each half of a surrogate pair is U+FFFD;
    // kept as it is, the stored one would be found by no key that the app knows.
    private static VariablePath Path(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return VariablePath.Verbatim(Variable, Unicode.IndexOfBroken(key) < 0 ? key : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key)));
    }
}
