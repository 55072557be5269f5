namespace FuelSessions.Engine;

/// <summary>A session's variables and flash variables.</summary>
internal readonly record struct Variables(VariableMap Data, VariableMap Flash)
{
    internal static Variables None => new(new VariableMap(), new VariableMap());

    internal static Variables Of(Records.SessionRecord record) => new(new VariableMap(record.Data), new VariableMap(record.Flash));

    internal bool IsEmpty => Data.IsEmpty && Flash.IsEmpty;
}
