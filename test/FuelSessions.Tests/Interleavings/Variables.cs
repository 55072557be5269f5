using FuelSessions.Engine;

namespace FuelSessions.Tests.Interleavings;

/// <summary>What the requests write. Each increment is a decimal digit of its own, so that a sum tells which ones are in it, and how often.</summary>
internal static class Variables
{
    internal const string Base = "base";

    internal static readonly VariablePath BasePath = VariablePath.Parse(Base);
    internal static readonly VariablePath Sum = VariablePath.Parse("n");
    internal static readonly VariablePath Last = VariablePath.Parse("last");

    private static readonly VariablePath[] Paths = [VariablePath.Parse("w.0"), VariablePath.Parse("w.1"), VariablePath.Parse("w.2")];

    /// <summary>The variable that only this request writes.</summary>
    internal static VariablePath Own(int request) => Paths[request];

    /// <summary>What a request's first or second increment adds.</summary>
    internal static long Amount(int request, int which)
    {
        long amount = which == 0 ? 1 : 10;
        for (int i = 0; i < request; i++)
        {
            amount *= 100;
        }

        return amount;
    }

    /// <summary>What of the sum that request has added: the digits of its two increments.</summary>
    internal static long Share(long sum, int request) => sum / Amount(request, 0) % 100;

    internal static long Read(VariableMap data, VariablePath path) =>
        data.TryGet(path, out ReadOnlyMemory<byte> json) ? ValueSerializer.ReadInteger(path, json) : 0;
}
