using System.CommandLine;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>The table of the db driver: what <c>oil r session:create</c> and <c>session:remove</c> are in FuelPHP.</summary>
internal sealed class DbCommand : Command
{
    internal DbCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
        : base("db", "Makes, empties and removes the table of sessions.")
    {
        Add("script", "Writes the statements that make the table, and runs none.", asks: false, (parsed, _) =>
        {
            console.Profile.Out.Writer.Write(store.Script(parsed));
            return Task.FromResult(ExitCode.Done);
        });
        Add("create", "Makes the table and its indexes, unless it is there.", asks: false, async (parsed, cancellationToken) =>
        {
            await using SqlSessions table = await store.OpenDatabaseAsync(parsed, mayCreate: true, cancellationToken);
            bool isThere = await table.ExistsAsync(cancellationToken: cancellationToken);
            if (!isThere)
            {
                await table.CreateAsync(cancellationToken);
            }

            return Say(parsed, $"{table.Where} {(isThere ? "is there already" : "was made")}", new { created = !isThere });
        });
        Add("clear", "Ends all sessions: removes all rows.", asks: true, async (parsed, cancellationToken) =>
        {
            await using SqlSessions table = await ExistingAsync(parsed, cancellationToken);
            long count = await table.CountAsync(cancellationToken);
            output.Confirm(parsed, console, $"All {count} sessions in {table.Where} will end.");
            await table.ClearAsync(cancellationToken);
            return Say(parsed, $"{count} sessions removed", new { removed = count });
        });
        Add("remove", "Ends all sessions and drops the table.", asks: true, async (parsed, cancellationToken) =>
        {
            await using SqlSessions table = await ExistingAsync(parsed, cancellationToken);
            long count = await table.CountAsync(cancellationToken);
            output.Confirm(parsed, console, $"{table.Where} with {count} sessions will be dropped.");
            await table.DropAsync(cancellationToken);
            return Say(parsed, $"{table.Where} dropped", new { removed = count });
        });

        void Add(string name, string description, bool asks, Func<ParseResult, CancellationToken, Task<int>> runAsync)
        {
            var command = new Command(name, description);
            store.AddTo(command);
            output.AddTo(command, asks);
            command.SetAction(runAsync);
            Subcommands.Add(command);
        }

        async Task<SqlSessions> ExistingAsync(ParseResult parsed, CancellationToken cancellationToken)
        {
            SqlSessions table = await store.OpenDatabaseAsync(parsed, mayCreate: false, cancellationToken);
            await table.RequireAsync(cancellationToken);
            return table;
        }

        int Say(ParseResult parsed, string text, object json)
        {
            if (output.IsJson(parsed))
            {
                OutputOptions.Write(console, json);
            }
            else
            {
                console.WriteLine(VisibleText.Of(text));
            }

            return ExitCode.Done;
        }
    }
}
