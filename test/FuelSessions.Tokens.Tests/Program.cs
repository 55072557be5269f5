using FuelSessions.Tokens.Tests.Processes;
using FuelSessions.Tokens.Tests.Stores.Support;

// A process of its own, for the tests that need several.
return args switch
{
    [FileContender.Count, ..] or [FileContender.Hold, ..] => await FileContender.RunAsync(args),
    _ => ChildPrograms.Find(args) is { } program ? await program : 2,
};
