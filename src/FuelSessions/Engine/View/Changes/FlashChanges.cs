namespace FuelSessions.Engine;

internal abstract class FlashChange : Change
{
    internal sealed override bool IsOfFlash => true;
}

internal sealed class SetFlashVariable(VariablePath path, byte[] json) : FlashChange
{
    internal override void Apply(VariableMap variables, bool lenient) => variables.Set(path, json, lenient);
}

/// <summary>Keeps a flash variable for one more request, even if another request let it expire meanwhile.</summary>
internal sealed class KeepFlashVariable(string name, ReadOnlyMemory<byte> json) : FlashChange
{
    internal override void Apply(VariableMap variables, bool lenient)
    {
        if (variables.StampOf(name) is null)
        {
            variables.Set(VariablePath.Whole(name), json);
        }
        else
        {
            variables.Restamp(name);
        }
    }
}

internal sealed class RemoveFlashVariable(VariablePath key) : FlashChange
{
    internal override void Apply(VariableMap variables, bool lenient) => variables.Remove(key);
}

internal sealed class ClearFlashVariables : FlashChange
{
    internal override void Apply(VariableMap variables, bool lenient) => variables.Clear();
}
