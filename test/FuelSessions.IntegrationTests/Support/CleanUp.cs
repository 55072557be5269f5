namespace FuelSessions.IntegrationTests.Support;

/// <summary>For tests that let months pass: on its way the clock stops at each collection, where the store's own work is done, half a million times in ten years.</summary>
internal static class CleanUp
{
    internal static void Daily(FuelSessionsOptions options) => options.GcInterval = TimeSpan.FromDays(1);
}
