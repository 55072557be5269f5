using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.Tests.Stores;

public sealed class SqliteConformance : TokenManagerConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask ChooseAsync(TokenSessionOptions options)
    {
        options.UseDb(db => db.UseSqlite(_folder.Sqlite));
        return default;
    }

    protected override Task<string?> RawAsync() => Task.FromResult<string?>(_folder.Content());

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return default;
    }
}
