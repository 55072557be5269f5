using FuelSessions.Drivers;

namespace FuelSessions.Testing.Tests.Files;

public sealed class FileDriverConformance : CollectingDriverConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) =>
        ValueTask.FromResult<ISessionDriver>(new FileSessionDriver(_folder.Path, clock));

    // As another process would: a lock belongs to the handle.
    protected override Task<Func<Task>?> StallAsync()
    {
        FileStream[] locks = [.. Directory.GetDirectories(_folder.Path).Select(shelf => Path.Join(shelf, "lock")).Where(File.Exists).Select(Locked)];
        return Task.FromResult<Func<Task>?>(() =>
        {
            Array.ForEach(locks, file => file.Dispose());
            return Task.CompletedTask;
        });

        static FileStream Locked(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
