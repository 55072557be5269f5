using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Telemetry;

/// <summary>Is faster than a writer as often as it is told to, and fails when it is told to.</summary>
internal sealed class RivalDriver(ISessionDriver inner) : DelegatingSessionDriver(inner)
{
    internal int Overtakes { get; set; }

    internal Exception? Fails { get; set; }

    public override string? StoreSystem => "rivalry";

    public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
        Fails is { } error ? throw error : base.ReadAsync(key, cancellationToken);

    public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        if (Overtakes > 0 && await base.ReadAsync(record.Key, cancellationToken) is { } stored)
        {
            Overtakes--;
            await base.WriteAsync(stored with { Version = stored.Version + 1 }, cancellationToken);
        }

        return await base.WriteAsync(record, cancellationToken);
    }
}
