namespace FuelSessions.Tokens.Hosting;

/// <summary>The services of a program that has none.</summary>
internal sealed class NoServices : IServiceProvider
{
    internal static NoServices Instance { get; } = new();

    public object? GetService(Type serviceType) => null;
}
