namespace FuelSessions.Tests;

/// <summary>What an app's handler of unobserved exceptions is told.</summary>
internal static class UnobservedErrors
{
    /// <summary>Does something that leaves a failed task behind, and has it collected.</summary>
    /// <param name="message">Of the failure.</param>
    /// <param name="leaveAsync">Gives the task, or what holds it. Nothing else may.</param>
    /// <returns>How often the handler was told of it.</returns>
    internal static async Task<int> CountAsync(string message, Func<Task<WeakReference>> leaveAsync)
    {
        int told = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> hear = (_, unobserved) =>
            Interlocked.Add(ref told, unobserved.Exception.Flatten().InnerExceptions.Count(error => error.Message.Contains(message, StringComparison.Ordinal)));
        TaskScheduler.UnobservedTaskException += hear;
        try
        {
            WeakReference left = await Task.Run(leaveAsync);
            for (int rest = 3, time = 0; rest > 0; rest -= left.IsAlive ? 0 : 1, time++)
            {
                Assert.True(time < 500, "Something holds what was to be left behind.");
                await Task.Delay(10);
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            return told;
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= hear;
        }
    }
}
