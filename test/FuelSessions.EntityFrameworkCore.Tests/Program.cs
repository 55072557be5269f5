Console.Error.WriteLine("Run the tests with `dotnet test`.");
return 1;
