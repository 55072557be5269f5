using System.Runtime.CompilerServices;
using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>Flash variables live for one more request: the next one that uses the session.</summary>
public sealed partial class Session
{
    /// <summary>The namespace that flash variables are set and read in. Default: <see cref="FuelSessionsOptions.FlashId"/>.</summary>
    public string FlashId
    {
        get => Live.Options.FlashId;
        set => SetConfig(nameof(FuelSessionsOptions.FlashId), value);
    }

    /// <summary>
    /// Sets a flash variable, for the next request that uses the session. A dotted name sets one element, and makes the
    /// whole variable new again.
    /// </summary>
    public Session SetFlash<T>(SessionPath name, T value)
    {
        VariablePath path = name.Resolve();
        _transaction.SetFlash(FlashName.Of(FlashId, path), ValueSerializer.Serialize(path, value, Serializer));
        return this;
    }

    /// <summary>The same for a value of no particular type, such as a bare null.</summary>
    public Session SetFlash(SessionPath name, object? value) => SetFlash<object?>(name, value);

    /// <summary>The flash variable's value; <paramref name="defaultValue"/> if there is none.</summary>
    /// <param name="expire">
    /// Whether reading consumes it, so that it ends with this request. By default: yes for one from an earlier request,
    /// <see cref="FuelSessionsOptions.FlashExpireAfterGet"/> for one that this request has set, and no for one that it
    /// has kept.
    /// </param>
    public T? GetFlash<T>(SessionPath name, T? defaultValue = default, bool? expire = null) =>
        TryGetFlash(name, expire, out T? value) ? value : defaultValue;

    /// <summary>The same with a default that is made only if it is needed.</summary>
    [OverloadResolutionPriority(1)] // A bare null as default fits both overloads.
    public T? GetFlash<T>(SessionPath name, Func<T>? defaultValue, bool? expire = null) =>
        TryGetFlash(name, expire, out T? value) ? value : defaultValue is null ? default : defaultValue();

    /// <summary>All flash variables of the current namespace by name. Each counts as read.</summary>
    public IReadOnlyDictionary<string, object?> GetFlash(bool? expire = null)
    {
        string prefix = FlashId + FlashName.Separator;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (string key in _transaction.FlashNames())
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal)
                && _transaction.TryGetFlash(VariablePath.Whole(key), expire, out ReadOnlyMemory<byte> json))
            {
                string name = key[prefix.Length..];
                values[name] = ValueSerializer.Deserialize<object>(VariablePath.Whole(name), json, Serializer);
            }
        }

        return values;
    }

    /// <summary>Gives a flash variable one more request, also if the path leads inside it; without a path all of them, of every namespace.</summary>
    public Session KeepFlash(SessionPath name = default)
    {
        foreach (string key in name.IsNone ? _transaction.FlashNames() : [FlashKey(name).Name])
        {
            _transaction.KeepFlash(key);
        }

        return this;
    }

    /// <summary>Removes a flash variable or an element of one; without a path all of them, of every namespace.</summary>
    public Session DeleteFlash(SessionPath name = default)
    {
        if (name.IsNone)
        {
            _transaction.ClearFlash();
        }
        else
        {
            _transaction.RemoveFlash(FlashKey(name));
        }

        return this;
    }

    private bool TryGetFlash<T>(SessionPath name, bool? expire, out T? value)
    {
        VariablePath path = name.Resolve();
        bool found = _transaction.TryGetFlash(FlashName.Of(FlashId, path), expire, out ReadOnlyMemory<byte> json);
        value = found ? ValueSerializer.Deserialize<T>(path, json, Serializer) : default;
        return found;
    }

    private VariablePath FlashKey(SessionPath name) => FlashName.Of(FlashId, name.Resolve());
}
