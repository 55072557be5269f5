using FuelSessions.Benchmarks;
using FuelSessions.Benchmarks.Growth;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Parts;
using FuelSessions.Benchmarks.Server;
using FuelSessions.Tests.Servers;

const string Usage = """
    parts [BenchmarkDotNet's arguments]   the parts, one by one, in process
    compare [options]                     none, floor, built-in and ours under load; see build/bench.sh
    nodes [options]                       one, two and four processes on one store
    tokens [options]                      a thousand calls of an API, through a token session and by a bare client
    growth [options]                      what a request costs as payloads, variables, sessions and expired rows grow
    watched [options]                     what tracing, metrics and health checks cost a read on Redis
    server [options]                      what they start: one variant on one store
    """;

string verb = args.FirstOrDefault() ?? "";
string[] rest = args.Length > 1 ? args[1..] : [];
try
{
    return verb switch
    {
        "parts" => PartsRun.Run(rest),
        "compare" => await Interruption.EndsAsync(token => CompareRun.RunAsync(new Arguments(rest), token)),
        "nodes" => await Interruption.EndsAsync(token => NodesRun.RunAsync(new Arguments(rest), token)),
        "tokens" => await Interruption.EndsAsync(token => TokensRun.RunAsync(new Arguments(rest), token)),
        "growth" => await Interruption.EndsAsync(token => GrowthRun.RunAsync(new Arguments(rest), token)),
        "watched" => await Interruption.EndsAsync(token => WatchedRun.RunAsync(new Arguments(rest), token)),
        "server" => await BenchServer.RunAsync(new Arguments(rest)),
        _ => Help(),
    };
}
catch (UsageException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

static int Help()
{
    Console.Error.WriteLine(Usage);
    return 2;
}
