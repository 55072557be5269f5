namespace FuelSessions.Configuration;

/// <summary>One setting under its own name and FuelPHP's, with how text, numbers and values become it.</summary>
/// <param name="Name">The property of <see cref="FuelSessionsOptions"/>.</param>
/// <param name="FuelName">FuelPHP's name; null if FuelPHP has no such setting.</param>
/// <param name="Allowed">What a value may be, for messages.</param>
/// <param name="Get">The value, in FuelPHP's form if asked so.</param>
/// <param name="TrySet">Takes a value over, read in FuelPHP's form if asked so; false if it is none.</param>
/// <param name="FuelUnset">What FuelPHP replaces by its default instead of refusing it, beside <c>null</c> and empty text.</param>
internal sealed record SessionSetting(
    string Name,
    string? FuelName,
    string Allowed,
    Func<FuelSessionsOptions, bool, object?> Get,
    Func<FuelSessionsOptions, object?, bool, bool> TrySet,
    Func<object?, bool>? FuelUnset = null)
{
    /// <summary>Whether the client's cookie looks different with another value.</summary>
    internal bool ShapesCookie => Name.StartsWith("Cookie", StringComparison.Ordinal)
        || Name is nameof(FuelSessionsOptions.ExpireOnClose) or nameof(FuelSessionsOptions.EnableCookie) or nameof(FuelSessionsOptions.EncryptCookie);

    /// <summary>Whether a driver, or what removes its expired sessions, is made of it: a change counts from the next start on.</summary>
    internal bool IsReadAtStart => Name
        is nameof(FuelSessionsOptions.Path) or nameof(FuelSessionsOptions.AllowSharedFolder) or nameof(FuelSessionsOptions.FlushFolder)
        or nameof(FuelSessionsOptions.Table) or nameof(FuelSessionsOptions.GcInterval) or nameof(FuelSessionsOptions.MaxSessions);

    internal object? Read(FuelSessionsOptions options, string name) => Get(options, IsFuelName(name));

    /// <summary>Whether under that name, if it is FuelPHP's, the value counts as none.</summary>
    internal bool IsUnset(string name, object? value) =>
        FuelName is not null && FuelUnset is not null && IsFuelName(name) && (value is null or "" || FuelUnset(value));

    /// <summary>Takes the value over, in the form of that name; false if it is none.</summary>
    internal bool TryWrite(FuelSessionsOptions options, string name, object? value) => TrySet(options, value, IsFuelName(name));

    internal string Refusal(string name, object? value) => Refused(name, $"'{value ?? "null"}'");

    /// <summary>The same for what a configuration file has an object or a list for.</summary>
    internal string RefusalOfSection(string name) => Refused(name, "an object or a list");

    private string Refused(string name, string value) => $"Session setting '{name}' is {value}; allowed: {Allowed}.";

    private bool IsFuelName(string name) => !string.Equals(name, Name, StringComparison.OrdinalIgnoreCase);
}
