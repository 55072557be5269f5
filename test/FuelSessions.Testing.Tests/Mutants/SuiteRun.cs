using System.Reflection;
using FuelSessions.Drivers;

namespace FuelSessions.Testing.Tests.Mutants;

/// <summary>Runs every test of a suite as a runner would, and tells which ones fail.</summary>
internal static class SuiteRun
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(1);

    internal static IEnumerable<MethodInfo> TestsOf(Type suite) =>
        suite.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null);

    internal static async Task<HashSet<string>> FailuresAsync<TSuite>(Func<TimeProvider, ISessionDriver> create)
        where TSuite : SessionDriverConformance
    {
        HashSet<string> failed = [];
        foreach (MethodInfo test in TestsOf(typeof(TSuite)))
        {
            var suite = (SessionDriverConformance)Activator.CreateInstance(typeof(TSuite), create)!;
            await suite.InitializeAsync();
            try
            {
                await Task.Run(() => test.Invoke(suite, null) as Task ?? Task.CompletedTask).WaitAsync(LongestTest);
            }
            catch (Exception)
            {
                failed.Add(test.Name);
            }
            finally
            {
                await suite.DisposeAsync();
            }
        }

        return failed;
    }
}

// Not public, so that the runner does not take them for tests of ours.

internal sealed class PlainSuite(Func<TimeProvider, ISessionDriver> create) : SessionDriverConformance
{
    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) => ValueTask.FromResult(create(clock));
}

internal sealed class CollectingSuite(Func<TimeProvider, ISessionDriver> create) : CollectingDriverConformance
{
    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) => ValueTask.FromResult(create(clock));

    protected override Task<Func<Task>?> StallAsync() => Task.FromResult((Driver as OnlySaysThatItHonorsCancellation)?.Hang());
}
