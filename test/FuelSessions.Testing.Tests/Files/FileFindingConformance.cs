using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Files;

public sealed class FileFindingConformance : PrincipalFindingConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) =>
        ValueTask.FromResult<ISessionDriver>(new FileSessionDriver(_folder.Path, clock));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Expired_records_leave_no_file_behind()
    {
        SessionRecord record = SampleRecords.Bare(Clock.GetUtcNow(), TimeSpan.FromSeconds(2)) with { Principal = "../Ada" };
        Assert.True((await Driver.WriteAsync(record, default)).IsWritten);
        Assert.Equal(2, Files().Length);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, await ((ICollectExpired)Driver).CollectExpiredAsync(100, default));
        Assert.Empty(Files());
        Assert.Empty(Directory.GetDirectories(Path.Join(_folder.Path, "by-principal")));
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock")];
}
