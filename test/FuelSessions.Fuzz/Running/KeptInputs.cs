using System.Text;

namespace FuelSessions.Fuzz.Running;

/// <summary>
/// A target's inputs in the repository: one a line, in base64. Those that once broke a promise stand first, each below a line that says what was
/// wrong; they stay. Of the others the smallest stay that together do all that was ever seen.
/// </summary>
internal sealed class KeptInputs
{
    private const int MostBytes = 512;
    private const int MostInputs = 150;

    private readonly string _path;
    private readonly List<(string Why, byte[] Input)> _regressions = [];
    private readonly List<byte[]> _others = [];

    internal KeptInputs(string folder, string target)
    {
        _path = Path.Join(folder, target + ".txt");
        string? why = null;
        foreach (string line in File.Exists(_path) ? File.ReadAllLines(_path) : [])
        {
            if (line.StartsWith('#'))
            {
                why = line;
            }
            else if (why is not null)
            {
                _regressions.Add((why, Convert.FromBase64String(line)));
                why = null;
            }
            else
            {
                _others.Add(Convert.FromBase64String(line));
            }
        }
    }

    internal IEnumerable<byte[]> All => [.. _regressions.Select(static regression => regression.Input), .. _others];

    /// <summary>Chooses anew which inputs to keep, and writes them.</summary>
    /// <param name="isNew">Runs an input; whether it did what none before it did.</param>
    internal void Write(IEnumerable<byte[]> candidates, Func<byte[], bool> isNew)
    {
        foreach ((_, byte[] input) in _regressions)
        {
            isNew(input);
        }

        List<byte[]> kept = [.. _others.Concat(candidates)
            .Where(static input => input.Length <= MostBytes)
            .OrderBy(static input => input.Length)
            .ThenBy(Convert.ToBase64String, StringComparer.Ordinal)
            .Where(isNew)
            .Take(MostInputs)];
        var text = new StringBuilder();
        foreach ((string why, byte[] input) in _regressions)
        {
            text.Append(why).Append('\n').Append(Convert.ToBase64String(input)).Append('\n');
        }

        foreach (byte[] input in kept)
        {
            text.Append(Convert.ToBase64String(input)).Append('\n');
        }

        File.WriteAllText(_path, text.ToString());
    }
}
