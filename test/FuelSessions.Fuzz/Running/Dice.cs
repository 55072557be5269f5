namespace FuelSessions.Fuzz.Running;

/// <summary>Numbers that follow from a seed (SplitMix64): the same on every machine and in every version.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 to one less than <paramref name="end"/>.</summary>
    internal int Below(int end) => (int)(Next() % (uint)end);

    internal bool OneIn(int chances) => Below(chances) == 0;
}
