using System.Reflection;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Suite = FuelSessions.Testing.PrincipalFindingConformance;

namespace FuelSessions.Testing.Tests.Mutants;

/// <summary>Each driver that finds wrongly fails the suite of finding, where it should.</summary>
public sealed class FindingSuiteCanFailTests
{
    public static TheoryData<Type, string[]> Mutants => new()
    {
        { typeof(FindsNobody), [nameof(Suite.The_records_of_a_principal_are_found), nameof(Suite.Concurrent_changes_leave_what_is_there)] },
        { typeof(FindsEverybody), [nameof(Suite.The_records_of_a_principal_are_found), nameof(Suite.Names_are_compared_exactly)] },
        { typeof(IgnoresCase), [nameof(Suite.Names_are_compared_exactly)] },
        { typeof(FindsTheFirstVersion), [nameof(Suite.The_latest_version_is_found)] },
        { typeof(FindsFormerOwners), [nameof(Suite.A_record_that_changes_hands_is_found_by_its_owner_only)] },
        { typeof(FindsExpired), [nameof(Suite.What_is_gone_is_not_found)] },
        { typeof(TrimsWhatIsOnItsWay), [nameof(Suite.A_search_between_announcement_and_write_loses_nothing)] },
        { typeof(FindsWhatWasAnnounced), [nameof(Suite.What_was_announced_and_not_written_is_not_found)] },
        { typeof(IgnoresCancellation), [nameof(Suite.A_cancelled_search_throws)] },
    };

    [Fact]
    public async Task A_driver_that_finds_rightly_passes() => Assert.Empty(await FailuresAsync(typeof(FindingDriver)));

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_broken_one_fails_where_it_should(Type mutant, string[] noticing)
    {
        HashSet<string> failed = await FailuresAsync(mutant);
        Assert.Equal([], noticing.Except(failed));
    }

    [Fact]
    public void Each_test_of_the_suite_is_failed_by_one() => Assert.Equal(
        TestsOf().Select(test => test.Name).Order(StringComparer.Ordinal),
        Mutants.SelectMany(row => (string[])row[1]).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<MethodInfo> TestsOf() => SuiteRun.TestsOf(typeof(FindingSuite));

    private static async Task<HashSet<string>> FailuresAsync(Type driver)
    {
        HashSet<string> failed = [];
        foreach (MethodInfo test in TestsOf())
        {
            var suite = new FindingSuite(clock => (ISessionDriver)Activator.CreateInstance(driver, clock)!);
            await suite.InitializeAsync();
            try
            {
                await ((Task)test.Invoke(suite, null)!).WaitAsync(TimeSpan.FromMinutes(1));
            }
            catch (Exception)
            {
                failed.Add(test.Name);
            }
        }

        return failed;
    }

    // Not public, so that the runner does not take it for a test of ours.
    private sealed class FindingSuite(Func<TimeProvider, ISessionDriver> create) : PrincipalFindingConformance
    {
        protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) => ValueTask.FromResult(create(clock));
    }

    private class FindingDriver(TimeProvider clock) : PlainDriver(clock), IFindByPrincipal
    {
        public virtual ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken) => default;

        public virtual ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (Records)
            {
                return new([.. Found(principal)]);
            }
        }

        protected virtual IEnumerable<SessionRecord> Found(string principal) => Records.Keys.ToArray().Select(Live).OfType<SessionRecord>().Where(record => record.Principal == principal);
    }

    private sealed class FindsNobody(TimeProvider clock) : FindingDriver(clock)
    {
        protected override IEnumerable<SessionRecord> Found(string principal) => [];
    }

    private sealed class FindsEverybody(TimeProvider clock) : FindingDriver(clock)
    {
        protected override IEnumerable<SessionRecord> Found(string principal) => Records.Values;
    }

    private sealed class IgnoresCase(TimeProvider clock) : FindingDriver(clock)
    {
        protected override IEnumerable<SessionRecord> Found(string principal) =>
            Records.Values.Where(record => string.Equals(record.Principal, principal, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class FindsTheFirstVersion(TimeProvider clock) : FindingDriver(clock)
    {
        private readonly Dictionary<SessionKey, SessionRecord> _first = [];

        protected override void Store(SessionRecord record, SessionRecord? stored)
        {
            base.Store(record, stored);
            _first.TryAdd(record.Key, record);
        }

        protected override IEnumerable<SessionRecord> Found(string principal) => base.Found(principal).Select(record => _first[record.Key]);
    }

    private sealed class FindsFormerOwners(TimeProvider clock) : FindingDriver(clock)
    {
        private readonly HashSet<(string?, SessionKey)> _owned = [];

        protected override void Store(SessionRecord record, SessionRecord? stored)
        {
            base.Store(record, stored);
            _owned.Add((record.Principal, record.Key));
        }

        protected override IEnumerable<SessionRecord> Found(string principal) => Records.Values.Where(record => _owned.Contains((principal, record.Key)));
    }

    private sealed class FindsExpired(TimeProvider clock) : FindingDriver(clock)
    {
        protected override IEnumerable<SessionRecord> Found(string principal) => Records.Values.Where(record => record.Principal == principal);
    }

    private sealed class TrimsWhatIsOnItsWay(TimeProvider clock) : FindingDriver(clock)
    {
        private readonly HashSet<(string, SessionKey)> _index = [];

        public override ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken)
        {
            lock (Records)
            {
                _index.Add((principal, key));
            }

            return default;
        }

        protected override IEnumerable<SessionRecord> Found(string principal)
        {
            _index.RemoveWhere(entry => Live(entry.Item2) is null);
            return base.Found(principal).Where(record => _index.Contains((principal, record.Key)));
        }
    }

    private sealed class FindsWhatWasAnnounced(TimeProvider clock) : FindingDriver(clock)
    {
        private readonly List<SessionRecord> _announced = [];

        public override ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken)
        {
            lock (Records)
            {
                _announced.Add(SampleRecords.Bare(Now) with { Key = key, Principal = principal });
            }

            return default;
        }

        protected override IEnumerable<SessionRecord> Found(string principal) =>
            base.Found(principal).Concat(_announced.Where(record => record.Principal == principal && !Records.ContainsKey(record.Key)));
    }

    private sealed class IgnoresCancellation(TimeProvider clock) : FindingDriver(clock)
    {
        public override ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken) =>
            base.FindByPrincipalAsync(principal, CancellationToken.None);
    }
}
