using Microsoft.Extensions.Hosting;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>Looks at the database of the db driver as the app starts, so that what is wrong with it shows there and not in a request.</summary>
internal sealed class StartUp(LeasedDatabase database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => database.LookAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
