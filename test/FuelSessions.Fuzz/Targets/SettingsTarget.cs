using System.Text;
using FuelSessions.Configuration;
using FuelSessions.Fuzz.Running;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// Settings by FuelPHP's names and by their own. An input: which setting, of which kind the value is, and the value. What is taken can be read
/// back, and be set again from that.
/// </summary>
internal sealed class SettingsTarget : FuzzTarget
{
    internal override string Name => "settings";

    internal override int BytesPerByte => 64;

    internal override int Longest => 256;

    internal override IEnumerable<string> Words => ["true", "FALSE", "on", "0", "1", "00:05:00", "1.00:00:00", "10675199.02:48:05", "1e300", "NaN", "Lax", "None", "IgnoringVersions", "99"];

    internal override IEnumerable<byte[]> Seeds =>
        from setting in Enumerable.Range(0, SessionSettings.All.Length)
        from value in new[] { "", "true", "60", "00:01:00", "Lax", "false" }
        select (byte[])[(byte)setting, (byte)(value.Length % 4), .. Encoding.UTF8.GetBytes(value)];

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        var recipe = new Recipe(input.Span);
        SessionSetting setting = SessionSettings.All[recipe.Below(SessionSettings.All.Length)];
        int kind = recipe.Below(8);
        string name = kind < 4 || setting.FuelName is null ? setting.Name : setting.FuelName;
        string text = Encoding.UTF8.GetString(recipe.Rest);
        object? value = (kind % 4) switch
        {
            0 => text,
            1 => long.TryParse(text, out long number) ? number : null,
            2 => double.TryParse(text, out double number) ? number : text.Length % 2 == 0,
            _ => int.TryParse(text, out int number) ? number : TimeSpan.FromSeconds(text.Length),
        };
        var options = new FuelSessionsOptions();
        Meter.Start();
        Promise.That(SessionSettings.Find(name.ToUpperInvariant()) == setting, "a setting's name depends on its case");
        object? read = null;
        bool isTaken = setting.TryWrite(options, name, value);
        if (isTaken)
        {
            read = setting.Read(options, name);
            Promise.That(setting.TryWrite(options, name, read), "a setting's own value is refused");
            Promise.That(Equals(setting.Read(options, name), read), "a setting that was read is another one once it was set again");
        }

        Meter.Stop();
        return Outcome.Of(setting.Name, kind, isTaken, read?.GetType());
    }
}
