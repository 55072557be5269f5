using FuelSessions.IntegrationTests.Support;

// The app that the tests of crashes and full disks start as a process of its own.
return await ChildApp.ServeAsync(args);
