namespace FuelSessions.Engine;

internal sealed class SetFlashVariable(VariablePath path, byte[] json) : IChange
{
    public void Apply(VariableMap data, VariableMap flash, bool lenient) => flash.Set(path, json, lenient);
}

/// <summary>Keeps a flash variable for one more request, even if another request let it expire meanwhile.</summary>
internal sealed class KeepFlashVariable(string name, ReadOnlyMemory<byte> json) : IChange
{
    public void Apply(VariableMap data, VariableMap flash, bool lenient)
    {
        if (flash.StampOf(name) is null)
        {
            flash.Set(VariablePath.Whole(name), json);
        }
        else
        {
            flash.Restamp(name);
        }
    }
}

internal sealed class RemoveFlashVariable(VariablePath key) : IChange
{
    public void Apply(VariableMap data, VariableMap flash, bool lenient) => flash.Remove(key);
}

internal sealed class ClearFlashVariables : IChange
{
    public void Apply(VariableMap data, VariableMap flash, bool lenient) => flash.Clear();
}
