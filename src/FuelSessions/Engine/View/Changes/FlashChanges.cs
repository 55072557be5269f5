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
    private long? _kept;

    internal override void Apply(VariableMap variables, bool lenient)
    {
        long? stamp = variables.StampOf(name);
        if (!lenient)
        {
            _kept = stamp;
        }

        if (stamp is null)
        {
            variables.Set(VariablePath.Whole(name), json);
        }
        else if (stamp == _kept)
        {
            // Only what was kept: what another request has set anew meanwhile stays by itself, and is not this one's to use up.
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
