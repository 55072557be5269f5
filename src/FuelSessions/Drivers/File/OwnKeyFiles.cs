using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Drivers;

/// <summary>
/// The key ring beside the sessions. Looked at each time that it is read, which is seldom: whoever could add a key to it could make what it protects.
/// </summary>
internal sealed class OwnKeyFiles(SessionFolder folder, ILoggerFactory loggers) : FileSystemXmlRepository(folder.Subfolder(Name), loggers)
{
    private const string Name = "keys";

    /// <exception cref="IOException">Others have a hand in it.</exception>
    public override IReadOnlyCollection<XElement> GetAllElements()
    {
        foreach (FileInfo file in folder.Subfolder(Name).EnumerateFiles())
        {
            folder.Trust.RequireFile(file.FullName);
        }

        return base.GetAllElements();
    }
}
