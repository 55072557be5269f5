namespace FuelSessions.Configuration;

/// <summary>One setting under its own name and FuelPHP's, with how text, numbers and values become it.</summary>
/// <param name="Name">The property of <see cref="FuelSessionsOptions"/>.</param>
/// <param name="FuelName">FuelPHP's name; null if FuelPHP has no such setting.</param>
/// <param name="Allowed">What a value may be, for messages.</param>
/// <param name="Get">The value, in FuelPHP's form if asked so.</param>
/// <param name="TrySet">Takes a value over, read in FuelPHP's form if asked so; false if it is none.</param>
internal sealed record SessionSetting(
    string Name,
    string? FuelName,
    string Allowed,
    Func<FuelSessionsOptions, bool, object?> Get,
    Func<FuelSessionsOptions, object?, bool, bool> TrySet)
{
    internal object? Read(FuelSessionsOptions options, string name) => Get(options, IsFuelName(name));

    /// <exception cref="ArgumentException">The value is not allowed.</exception>
    internal void Write(FuelSessionsOptions options, string name, object? value)
    {
        if (!TrySet(options, value, IsFuelName(name)))
        {
            throw new ArgumentException(Refusal(name, value), nameof(value));
        }
    }

    internal string Refusal(string name, object? value) => $"Session setting '{name}' is '{value ?? "null"}'; allowed: {Allowed}.";

    private bool IsFuelName(string name) => !string.Equals(name, Name, StringComparison.OrdinalIgnoreCase);
}
