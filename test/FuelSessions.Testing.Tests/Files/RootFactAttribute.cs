namespace FuelSessions.Testing.Tests.Files;

/// <summary>A test that gives files to other accounts, which root alone can do.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Skip = "As root on Linux only.";
        }
    }
}
