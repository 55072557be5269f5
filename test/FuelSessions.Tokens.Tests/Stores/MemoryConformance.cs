namespace FuelSessions.Tokens.Tests.Stores;

public sealed class MemoryConformance : TokenManagerConformance
{
    protected override bool IsShared => false;

    protected override ValueTask ChooseAsync(TokenSessionOptions options)
    {
        options.UseMemory();
        return default;
    }

    protected override Task<string?> RawAsync() => Task.FromResult<string?>(null);
}
