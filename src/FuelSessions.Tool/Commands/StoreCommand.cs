using System.CommandLine;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>A command on stored sessions, wherever they are.</summary>
internal abstract class StoreCommand : Command
{
    private protected StoreCommand(string name, string description, StoreOptions store, OutputOptions output, IAnsiConsole console, bool asks = false)
        : base(name, description)
    {
        (Output, Screen) = (output, console);
        store.AddTo(this);
        output.AddTo(this, asks);
        SetAction(async (parsed, cancellationToken) =>
        {
            await using IStoredSessions sessions = await store.OpenAsync(parsed, cancellationToken);
            return await RunAsync(sessions, parsed, cancellationToken);
        });
    }

    private protected OutputOptions Output { get; }

    private protected IAnsiConsole Screen { get; }

    private protected abstract Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken);

    /// <summary>Reads, and shows how far it is where somebody watches.</summary>
    private protected async Task<T> WatchedAsync<T>(ParseResult parsed, string what, Func<Action<long>, Task<T>> workAsync) =>
        Output.IsJson(parsed) || !Screen.Profile.Capabilities.Interactive
            ? await workAsync(_ => { })
            : await Screen.Status().StartAsync(what, status => workAsync(count => status.Status($"{what} {count:n0}")));
}
