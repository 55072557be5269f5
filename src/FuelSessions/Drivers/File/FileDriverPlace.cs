using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Drivers;

/// <summary>
/// Where the file driver keeps an app's sessions. For want of a path that is beside Data Protection's keys, below the local application data of the
/// user: the content root is often read-only, or replaced with each release, and sessions without the keys of their ids are worth nothing. The
/// folder has the app's Data Protection name, so those share it who can read each other's cookies.
/// </summary>
internal static partial class FileDriverPlace
{
    private const int LongestLabel = 40;

    /// <exception cref="IOException">The folder can't be made or written to.</exception>
    internal static FileSessionDriver Open(FuelSessionsOptions options, IServiceProvider services)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        if (options.Path is { } configured)
        {
            return Open(Path.GetFullPath(configured, ContentRoot(services)), clock, loggers, options);
        }

        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string own = Default(data, services.GetRequiredService<IOptions<DataProtectionOptions>>().Value.ApplicationDiscriminator ?? ContentRoot(services));
        try
        {
            return data.Length > 0
                ? Open(own, clock, loggers, options)
                : throw new IOException("The user that the app runs as has no folder for application data. Set FuelSessions:Path.");
        }
        catch (IOException error) when (!Directory.Exists(own) && TryMakeTemporary() is { } temporary)
        {
            // As Data Protection does with its keys. Where sessions have been kept before, they are not given up.
            LogTemporary(loggers.CreateLogger<FileSessionDriver>(), temporary, own, error);
            return Open(temporary, clock, loggers, options, temporary: true);
        }
    }

    /// <summary>An app's folder: told apart by a hash, as two apps may be called alike; the label is for whoever looks for it.</summary>
    internal static string Default(string data, string app)
    {
        string last = Path.GetFileName(Path.TrimEndingDirectorySeparator(app));
        string label = string.Concat(last.Where(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_').Take(LongestLabel));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(app)).AsSpan(0, 8));
        return Path.Combine(data, "FuelSessions", label.Length == 0 ? hash : $"{label}-{hash}");
    }

    private static FileSessionDriver Open(string folder, TimeProvider clock, ILoggerFactory loggers, FuelSessionsOptions options, bool temporary = false)
    {
        try
        {
            // A folder that was just made is its owner's.
            var driver = new FileSessionDriver(
                folder, clock, loggers, temporary, options.AllowSharedFolder && !temporary, options.FlushFolder && !temporary ? FolderOnDisk.Flush : null);
            if (driver.Obstacle is { } obstacle)
            {
                LogReadOnly(loggers.CreateLogger<FileSessionDriver>(), folder, obstacle);
            }

            return driver;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Session setting '{nameof(FuelSessionsOptions.Path)}' is '{folder}'; allowed: a folder in which the user that the app runs as can make files. {error.Message}",
                error);
        }
    }

    // Of a name that nobody can foresee, for its owner only.
    private static string? TryMakeTemporary()
    {
        try
        {
            return Directory.CreateTempSubdirectory("fuelsessions-").FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string ContentRoot(IServiceProvider services) => services.GetService<IHostEnvironment>()?.ContentRootPath ?? AppContext.BaseDirectory;

    [LoggerMessage(120, LogLevel.Warning, "Sessions are kept in '{Folder}' and end with this process, because '{Wanted}' can't be made. Set FuelSessions:Path to a folder that stays, or FuelSessions:Driver to another driver.")]
    private static partial void LogTemporary(ILogger logger, string folder, string wanted, Exception error);

    [LoggerMessage(127, LogLevel.Warning, "The sessions in '{Folder}' can be read, and nothing can be changed there now: pages that change a session fail until the folder takes writes.")]
    private static partial void LogReadOnly(ILogger logger, string folder, Exception error);
}
