namespace FuelSessions.IntegrationTests.Support;

/// <summary>Text that compression makes smaller by no more than a quarter.</summary>
internal static class Noise
{
    internal static string Of(int length) => string.Create(length, new Random(4711), static (text, source) =>
        source.GetItems<char>("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", text));
}
