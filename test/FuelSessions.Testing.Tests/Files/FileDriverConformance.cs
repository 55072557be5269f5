using FuelSessions.Drivers;

namespace FuelSessions.Testing.Tests.Files;

public sealed class FileDriverConformance : CollectingDriverConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) =>
        ValueTask.FromResult<ISessionDriver>(new FileSessionDriver(_folder.Path, clock));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
