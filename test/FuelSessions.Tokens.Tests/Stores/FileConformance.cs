using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.Stores;

public sealed class FileConformance : TokenManagerConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override ValueTask ChooseAsync(TokenSessionOptions options)
    {
        options.UseFile(_folder.Below("tokens"));
        return default;
    }

    protected override Task<string?> RawAsync() => Task.FromResult<string?>(_folder.Content());

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return default;
    }
}
