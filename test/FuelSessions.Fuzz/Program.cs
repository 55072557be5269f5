using FuelSessions.Fuzz.Running;

// Started by build/fuzz.sh. This process prepares a copy of itself whose libraries tell which of their branches ran, and watches over it: of an
// input that takes the copy down, as a stack overflow does, it still knows what it was.
try
{
    FuzzOptions options = FuzzOptions.Parse(args);
    return options.Child is null ? Supervisor.Run(options, args) : Campaign.RunAll(options);
}
catch (UsageException error)
{
    Console.Error.WriteLine(error.Message);
    return ExitCodes.Usage;
}
