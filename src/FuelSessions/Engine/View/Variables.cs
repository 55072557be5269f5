namespace FuelSessions.Engine;

/// <summary>A session's variables and flash variables.</summary>
/// <param name="Flash">Null: there are none, as nearly always.</param>
internal record struct Variables(VariableMap Data, VariableMap? Flash)
{
    internal static Variables None => new(new VariableMap(), null);

    internal static Variables Of(Records.SessionRecord record) =>
        new(new VariableMap(record.Data), record.Flash.IsEmpty ? null : new VariableMap(record.Flash));

    internal readonly bool IsEmpty => Data.IsEmpty && Flash is null or { IsEmpty: true };

    internal void Apply(Change change, bool lenient) => change.Apply(change.IsOfFlash ? Flash ??= new VariableMap() : Data, lenient);

    /// <summary>The flash variables as a record keeps them.</summary>
    internal readonly ReadOnlyMemory<byte> EncodeFlash(long stamp) => Flash?.Encode(stamp) ?? default;
}
