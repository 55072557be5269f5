using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>What is told of a store that failed.</summary>
public class StoreFailureTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Providers and systems end theirs without a period.</summary>
    [Theory]
    [InlineData("57014: canceling statement due to user request", "due to user request. The client keeps the id it has.")]
    [InlineData("No space left on device\n", "No space left on device. The client keeps the id it has.")]
    [InlineData("It is full.", "file': It is full. The client keeps the id it has.")]
    [InlineData("Really?", "file': Really? The client keeps the id it has.")]
    public async Task A_message_is_a_sentence_before_the_next_one(string message, string told)
    {
        SessionStoreException failure = await FailureAsync(new IOException(message), isWrite: false);
        Assert.EndsWith(told, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Of class 57 a server that ends leaves a write in doubt, and a statement that was cancelled does not.</summary>
    [Theory]
    [InlineData("57P01", true)]
    [InlineData("57P03", true)]
    [InlineData("57014", false)]
    [InlineData("57000", false)]
    [InlineData("08006", true)]
    [InlineData("40003", true)]
    [InlineData("23505", false)]
    public async Task A_database_of_another_driver_that_answers_leaves_little_in_doubt(string state, bool isUnknown) =>
        Assert.Equal(isUnknown, (await FailureAsync(ProviderError.PostgreSql(state), isWrite: true)).IsOutcomeUnknown);

    private static async Task<SessionStoreException> FailureAsync(Exception error, bool isWrite)
    {
        var storage = new SessionStorage("file", new MemorySessionDriver(FakeClock.AtPresent(), 10));
        StoreDeadline deadline = StoreDeadline.Start(Timeout);
        return isWrite
            ? await storage.WriteFailureAsync("saved", SessionKey.Create(), Timeout, deadline, error)
            : await storage.FailureAsync("read", SessionKey.Create(), Timeout, deadline, error);
    }
}
