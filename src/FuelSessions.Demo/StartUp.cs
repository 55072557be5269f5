using Microsoft.Extensions.Options;

namespace FuelSessions.Demo;

/// <summary>What the demo does around its start: where it listens, where its files are, what it says.</summary>
internal static class StartUp
{
    /// <summary>For want of --urls, ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS, which container images set.</summary>
    internal static void UseDefaultAddress(this WebApplicationBuilder builder, string address)
    {
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
        {
            builder.WebHost.UseUrls(address);
        }
    }

    /// <summary>Whether it is to be served over https by itself, which takes a certificate.</summary>
    internal static bool WantsHttps(this WebApplication app) =>
        app.Configuration["https_ports"] is not null || app.Configuration["urls"]?.Contains("https:", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The folder of the database and of the file driver: the setting <c>DataFolder</c>, below the content root.</summary>
    internal static string CreateDataFolder(this WebApplicationBuilder builder)
    {
        string folder = Path.GetFullPath(builder.Configuration["DataFolder"] ?? "App_Data", builder.Environment.ContentRootPath);
        return Directory.CreateDirectory(folder).FullName;
    }

    internal static void Announce(this WebApplication app, string data)
    {
        string driver = app.Services.GetRequiredService<IOptions<FuelSessionsOptions>>().Value.Driver;
        Console.WriteLine(
            $"""

              FuelSessions demo   {string.Join("  ", app.Urls)}
              driver              {driver}
              data                {data}

              Ctrl+C ends it.

            """);
    }

    /// <summary>Says why the demo did not start, without a stack trace: it is the reader's to fix.</summary>
    internal static int Refuse(params IReadOnlyList<string> reasons)
    {
        Console.Error.WriteLine("The demo did not start.");
        foreach (string reason in reasons)
        {
            Console.Error.WriteLine($"  {reason}");
        }

        return 1;
    }
}
