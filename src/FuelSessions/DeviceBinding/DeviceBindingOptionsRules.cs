using System.Globalization;
using Microsoft.Extensions.Options;

namespace FuelSessions;

/// <summary>What is allowed.</summary>
internal sealed class DeviceBindingOptionsRules : IValidateOptions<DeviceBindingOptions>
{
    public ValidateOptionsResult Validate(string? name, DeviceBindingOptions options) =>
        options.BoundTime < DeviceBindingOptions.LeastBoundTime || options.BoundTime > DeviceBindingOptions.MostBoundTime
            ? Is(nameof(options.BoundTime), options.BoundTime, $"{DeviceBindingOptions.LeastBoundTime:c} to {DeviceBindingOptions.MostBoundTime:c}")
        : !Enum.IsDefined(options.OnUnboundRequest)
            ? Is(nameof(options.OnUnboundRequest), options.OnUnboundRequest, string.Join(", ", Enum.GetNames<UnboundRequestAction>()))
        : ValidateOptionsResult.Success;

    private static ValidateOptionsResult Is(string name, object value, string allowed) =>
        ValidateOptionsResult.Fail(string.Create(CultureInfo.InvariantCulture, $"Device binding setting '{name}' is '{value}'; allowed: {allowed}."));
}
