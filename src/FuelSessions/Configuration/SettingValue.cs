using System.Globalization;

namespace FuelSessions.Configuration;

/// <summary>Reads a setting's value from what configuration files, FuelPHP's arrays and code hold.</summary>
internal static class SettingValue
{
    // Rounding can't carry it beyond what a time span holds.
    private static readonly double MostSeconds = TimeSpan.MaxValue.TotalSeconds / 2;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <param name="fuel">Whether PHP's words for truth values are understood: on, yes, off, no.</param>
    internal static bool TryBoolean(object? value, out bool result, bool fuel = false)
    {
        if (fuel && value is string word && word.ToUpperInvariant() is "ON" or "YES" or "OFF" or "NO")
        {
            result = word.ToUpperInvariant() is "ON" or "YES";
            return true;
        }

        result = default;
        switch (value)
        {
            case bool known:
                result = known;
                return true;
            case 0 or 0L or "0":
                return true;
            case 1 or 1L or "1":
                return result = true;
            default:
                return value is string text && bool.TryParse(text, out result);
        }
    }

    internal static bool TryInteger(object? value, out int result)
    {
        result = default;
        return value switch
        {
            int known => (result = known) == known,
            long known when known is >= int.MinValue and <= int.MaxValue => (result = (int)known) == known,
            string text => int.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out result),
            _ => false,
        };
    }

    /// <summary>
    /// Seconds in FuelPHP's form; otherwise a time span, and no bare number: .NET would read one as days, people as seconds. In either form none
    /// whose hours are more than 23, which .NET would read as days as well.
    /// </summary>
    internal static bool TryTime(object? value, bool fuel, out TimeSpan result)
    {
        result = default;
        if (value is TimeSpan known)
        {
            result = known;
            return !fuel || AsSeconds(known);
        }

        if (value is string span && span.Contains(':'))
        {
            return TimeSpan.TryParse(span, Culture, out result) && !AreHoursTakenForDays(span, result) && (!fuel || AsSeconds(result));
        }

        double? seconds = value switch
        {
            int number => number,
            long number => number,
            double number => number,
            string text when double.TryParse(text, NumberStyles.Float, Culture, out double number) => number,
            _ => null,
        };
        if (!fuel || seconds is not { } amount || !double.IsFinite(amount) || Math.Abs(amount) > MostSeconds)
        {
            return false;
        }

        // To the nearest tick, so that what was read is the same once it is set again.
        double whole = Math.Floor(amount);
        result = TimeSpan.FromSeconds((long)whole) + TimeSpan.FromTicks((long)Math.Round((amount - whole) * TimeSpan.TicksPerSecond));
        return true;

        // What is read as seconds must be one that can be set as seconds.
        static bool AsSeconds(TimeSpan time) => Math.Abs(time.TotalSeconds) <= MostSeconds;

        // .NET reads 24:00:00 as 24 days. Days are written in front of a dot, or as the first of four parts.
        static bool AreHoursTakenForDays(string text, TimeSpan time) =>
            time.Days != 0 && text.AsSpan().Count(':') < 3 && !text.AsSpan(0, text.IndexOf(':')).Contains('.');
    }

    /// <summary>False and its texts, and code's <c>null</c>. An empty text is none: what is missing by mistake switches nothing.</summary>
    /// <param name="fuel">FuelPHP's <c>null</c> means that nothing is set, not "off".</param>
    internal static bool IsOff(object? value, bool fuel) => value is false or string
        ? TryBoolean(value is "0" ? null : value, out bool isOn, fuel) && !isOn
        : !fuel && value is null;

    /// <summary>Zero or less, as number or text.</summary>
    internal static bool IsNotPositive(object? value) => TryTime(value, fuel: true, out TimeSpan time) && time <= TimeSpan.Zero;

    internal static bool TryEnum<TEnum>(object? value, out TEnum result)
        where TEnum : struct, Enum
    {
        result = default;
        return value switch
        {
            TEnum known => (result = known).Equals(known),
            string text => text.Length > 0 && char.IsLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out result) && Enum.IsDefined(result),
            _ => false,
        };
    }

    /// <summary>FuelPHP's form of a time: whole seconds as an <c>int</c> where they fit.</summary>
    internal static object Seconds(TimeSpan time) =>
        time.TotalSeconds is var seconds && seconds == Math.Floor(seconds) && seconds <= int.MaxValue ? (object)(int)seconds : seconds;
}
