using System.Globalization;

namespace FuelSessions.Benchmarks.Load;

/// <summary>
/// What programs that are no part of the run take of the machine meanwhile, the hypervisor included: by Linux' accounting, all that was busy less what this process and
/// those that it has started were.
/// </summary>
internal sealed class ForeignLoad
{
    private const int Parent = 1;
    private const int FirstOfOwnTime = 11;
    private const int TimesOfProcess = 4;

    // Of /proc/stat. Not the time of interrupts, which the run's own network causes.
    private static readonly int[] Busy = [0, 1, 2, 7];
    private static readonly int[] Idle = [3, 4];

    private readonly (long Foreign, long All) _before = Now();

    /// <summary>Since this object was made, of all processors' time; 0 where nobody can tell.</summary>
    internal double Share()
    {
        (long foreign, long all) = Now();
        return all == _before.All ? 0 : Math.Max(0, (double)(foreign - _before.Foreign) / (all - _before.All));
    }

    private static (long Foreign, long All) Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return default;
        }

        string[] machine = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        long busy = Busy.Sum(field => Number(machine[field]));
        return (busy - Own(), busy + Idle.Sum(field => Number(machine[field])));
    }

    private static long Own()
    {
        Dictionary<int, string[]> processes = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && TryRead($"{folder}/stat") is { } fields)
            {
                processes.Add(id, fields);
            }
        }

        // With the time of children that have ended.
        return processes.Where(process => IsOwn(process.Key)).Sum(process => process.Value.Skip(FirstOfOwnTime).Take(TimesOfProcess).Sum(Number));

        bool IsOwn(int id) =>
            id == Environment.ProcessId || (processes.TryGetValue(id, out string[]? fields) && int.Parse(fields[Parent], CultureInfo.InvariantCulture) is var parent and > 1 && IsOwn(parent));
    }

    // Behind the program's name, which may hold anything.
    private static string[]? TryRead(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has just ended.
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
