using System.Collections.Concurrent;
using FuelSessions.Drivers;
using Suite = FuelSessions.Testing.CollectingDriverConformance;

namespace FuelSessions.Testing.Tests.Mutants;

/// <summary>A suite that everything passes proves nothing: each broken driver must fail, and each test must be failed by one.</summary>
public sealed class SuiteCanFailTests
{
    private static readonly ConcurrentDictionary<Type, Lazy<Task<HashSet<string>>>> Runs = new();

    /// <summary>The broken driver, and the tests that must notice.</summary>
    public static TheoryData<Type, string[]> Mutants => new()
    {
        {
            typeof(IgnoresTheVersion),
            [
                nameof(Suite.A_write_that_comes_too_late_learns_who_won),
                nameof(Suite.A_write_that_skips_a_version_loses),
                nameof(Suite.Creating_over_a_live_record_loses),
                nameof(Suite.Concurrent_increments_are_exact),
                nameof(Suite.Of_concurrent_creations_one_wins),
            ]
        },
        {
            typeof(AcceptsAnyLaterVersion),
            [
                nameof(Suite.A_write_that_skips_a_version_loses),
            ]
        },
        {
            typeof(BringsDeletedRecordsBack),
            [
                nameof(Suite.A_write_to_a_missing_record_is_gone),
                nameof(Suite.A_deleted_record_stays_deleted),
                nameof(Suite.An_expired_record_can_not_be_written),
                nameof(Suite.A_record_deleted_amid_writes_and_touches_stays_deleted),
            ]
        },
        {
            typeof(SaysTheLoserWon),
            [
                nameof(Suite.A_write_that_comes_too_late_learns_who_won),
                nameof(Suite.Of_concurrent_creations_one_wins),
            ]
        },
        {
            typeof(SaysALostWriteIsGone),
            [
                nameof(Suite.A_write_that_comes_too_late_learns_who_won),
            ]
        },
        {
            typeof(ReportsTheWinnerAsItWasWritten),
            [
                nameof(Suite.The_winner_is_reported_with_its_touched_end),
            ]
        },
        {
            typeof(ForgetsLaterVersions),
            [
                nameof(Suite.A_write_that_follows_the_stored_version_wins),
            ]
        },
        {
            typeof(ComparesAndSwapsInTwoSteps),
            [
                nameof(Suite.Concurrent_increments_are_exact),
                nameof(Suite.Of_concurrent_creations_one_wins),
            ]
        },
        {
            typeof(ReadsAnOldVersionNowAndThen),
            [
                nameof(Suite.Readers_see_whole_versions_in_order),
            ]
        },
        {
            typeof(ReadsWhateverWasStoredLast),
            [
                nameof(Suite.A_missing_record_is_absent),
            ]
        },
        {
            typeof(ReadsStaleSynchronously),
            [
                nameof(Suite.The_synchronous_read_sees_the_same),
            ]
        },
        {
            typeof(IgnoresExpiry),
            [
                nameof(Suite.An_expired_record_can_not_be_read),
                nameof(Suite.An_expired_record_can_not_be_written),
                nameof(Suite.An_expired_record_can_not_be_touched),
                nameof(Suite.An_expired_record_makes_way_for_a_new_one),
                nameof(Suite.Each_record_ends_at_its_own_time),
            ]
        },
        {
            typeof(ResurrectsOnTouch),
            [
                nameof(Suite.An_expired_record_can_not_be_touched),
            ]
        },
        {
            typeof(ShortensOnTouch),
            [
                nameof(Suite.A_touch_never_shortens),
            ]
        },
        {
            typeof(CountsATouchAsAVersion),
            [
                nameof(Suite.A_touch_is_no_new_version),
                nameof(Suite.A_touch_extends_a_record),
            ]
        },
        {
            typeof(DoesNotTouch),
            [
                nameof(Suite.A_touch_extends_a_record),
            ]
        },
        {
            typeof(TouchesWhatIsNotThere),
            [
                nameof(Suite.Touching_a_missing_record_is_gone),
                nameof(Suite.A_deleted_record_stays_deleted),
            ]
        },
        {
            typeof(TouchesAnyVersion),
            [
                nameof(Suite.A_touch_that_comes_too_late_learns_who_won),
            ]
        },
        {
            typeof(TouchesInTwoSteps),
            [
                nameof(Suite.Concurrent_increments_are_exact),
            ]
        },
        {
            typeof(NeverEndsEarlierThanBefore),
            [
                nameof(Suite.A_write_sets_the_end_even_to_an_earlier_one),
            ]
        },
        {
            typeof(DeletesWhateverIsThere),
            [
                nameof(Suite.Deleting_an_earlier_or_later_version_removes_nothing),
            ]
        },
        {
            typeof(DeletesInTwoSteps),
            [
                nameof(Suite.A_record_deleted_amid_writes_and_touches_stays_deleted),
            ]
        },
        {
            typeof(SaysThatItDeletedWhatIsThere),
            [
                nameof(Suite.Deleting_an_earlier_or_later_version_removes_nothing),
            ]
        },
        {
            typeof(DeletesTheFirstVersionOnly),
            [
                nameof(Suite.A_later_version_is_deleted_too),
            ]
        },
        {
            typeof(FailsToDeleteWhatIsNotThere),
            [
                nameof(Suite.Deleting_a_missing_record_is_fine),
                nameof(Suite.An_expired_record_can_be_deleted),
            ]
        },
        {
            typeof(LosesAField),
            [
                nameof(Suite.Every_field_comes_back),
            ]
        },
        {
            typeof(TurnsNullIntoZero),
            [
                nameof(Suite.A_record_without_optional_fields_comes_back),
            ]
        },
        {
            typeof(KeepsWhatWasCleared),
            [
                nameof(Suite.A_field_that_is_cleared_is_cleared),
            ]
        },
        {
            typeof(KnowsTheBasicPlaneOnly),
            [
                nameof(Suite.Any_Unicode_principal_comes_back),
            ]
        },
        {
            typeof(KeepsDataAsText),
            [
                nameof(Suite.Any_bytes_come_back),
            ]
        },
        {
            typeof(CutsDataOff),
            [
                nameof(Suite.A_large_record_comes_back),
            ]
        },
        {
            typeof(MixesUpSimilarKeys),
            [
                nameof(Suite.Records_do_not_disturb_each_other),
            ]
        },
        {
            typeof(IgnoresCancellation),
            [
                nameof(Suite.A_cancelled_read_throws),
                nameof(Suite.A_cancelled_write_stores_nothing),
                nameof(Suite.A_cancelled_touch_moves_nothing),
                nameof(Suite.A_cancelled_delete_removes_nothing),
                nameof(Suite.A_cancelled_collection_removes_nothing),
            ]
        },
        {
            typeof(OnlySaysThatItHonorsCancellation),
            [
                nameof(Suite.A_call_to_a_store_that_hangs_ends_with_its_token),
            ]
        },
        {
            typeof(CollectsEverything),
            [
                nameof(Suite.Collecting_removes_expired_records_only),
            ]
        },
        {
            typeof(CollectsByAgeAndOneLifetime),
            [
                nameof(Suite.Collecting_removes_expired_records_only),
                nameof(Suite.Collecting_judges_by_the_latest_end),
            ]
        },
        {
            typeof(CollectsNothing),
            [
                nameof(Suite.Collecting_removes_expired_records_only),
            ]
        },
        {
            typeof(CollectsWithoutLimit),
            [
                nameof(Suite.Collecting_honours_the_limit),
            ]
        },
        {
            typeof(DoesNotCollect),
            [
                nameof(Suite.A_driver_that_collects_expired_records_runs_that_suite),
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_broken_driver_fails(Type driver, string[] tests)
    {
        HashSet<string> failed = await FailuresAsync(driver);
        Assert.Empty(tests.Except(failed));
    }

    [Fact]
    public async Task Every_test_is_failed_by_some_broken_driver()
    {
        HashSet<string> failed = [];
        foreach (object[] row in Mutants)
        {
            failed.UnionWith(await FailuresAsync((Type)row[0]));
        }

        Assert.Empty(SuiteRun.TestsOf(typeof(CollectingSuite)).Select(test => test.Name).Except(failed));
    }

    [Fact]
    public async Task The_driver_that_the_broken_ones_derive_from_is_correct() =>
        Assert.Empty(await SuiteRun.FailuresAsync<CollectingSuite>(clock => new PlainDriver(clock)));

    [Fact]
    public async Task A_driver_that_does_not_collect_passes_the_suite_without_that() =>
        Assert.Empty(await SuiteRun.FailuresAsync<PlainSuite>(clock => new DoesNotCollect(clock)));

    [Fact]
    public async Task A_driver_that_collects_can_not_forget_the_suite_for_that() => Assert.Equal(
        [nameof(Suite.A_driver_that_collects_expired_records_runs_that_suite)],
        await SuiteRun.FailuresAsync<PlainSuite>(clock => new PlainDriver(clock)));

    private static Task<HashSet<string>> FailuresAsync(Type driver) => Runs.GetOrAdd(driver, type => new Lazy<Task<HashSet<string>>>(() =>
        SuiteRun.FailuresAsync<CollectingSuite>(clock => (ISessionDriver)Activator.CreateInstance(type, clock)!))).Value;
}
