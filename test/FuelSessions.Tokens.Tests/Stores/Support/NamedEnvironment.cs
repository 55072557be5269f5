using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace FuelSessions.Tokens.Tests.Stores.Support;

/// <summary>Where an app runs: in Development, in Production.</summary>
internal sealed class NamedEnvironment(string name) : IHostEnvironment
{
    public string EnvironmentName { get; set; } = name;

    public string ApplicationName { get; set; } = "tests";

    public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

    public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
}
