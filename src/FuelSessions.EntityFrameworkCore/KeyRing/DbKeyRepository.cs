using System.Data.Common;
using System.Security.Cryptography;
using System.Xml.Linq;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Trial;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace FuelSessions.EntityFrameworkCore.KeyRing;

/// <summary>The Data Protection key ring, in a table beside the sessions.</summary>
internal sealed class DbKeyRepository(LeasedDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        List<string> elements = database.Run<DataProtectionKeyRow, List<string>>((lease, _) => SessionStatements.Of(lease).SelectKeys(lease));
        return [.. elements.Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        string xml = element.ToString(SaveOptions.DisableFormatting);
        var values = new NamedValues(
            new(DataProtectionKeyColumns.Id, RandomNumberGenerator.GetBytes(DataProtectionKeyRowConfiguration.IdSize)),
            new(DataProtectionKeyColumns.FriendlyName, friendlyName),
            new(DataProtectionKeyColumns.Xml, xml));
        database.Run<DataProtectionKeyRow, int>(
            (lease, attempts) =>
            {
                try
                {
                    return SessionStatements.Of(lease).InsertKey.Execute(lease, values);
                }
                catch (DbException error) when (attempts.AreInDoubt && DbErrors.IsDuplicateKey(error))
                {
                    // The attempt before this one was stored although its answer was lost.
                    return 1;
                }
            },
            writes: true);

        // Once in months, and without it nobody reads what it protects.
        if (!database.Run<DataProtectionKeyRow, bool>((lease, _) => SessionStatements.Of(lease).SelectKeys(lease).Contains(xml)))
        {
            throw UnreliableDatabaseException.NotInserted();
        }
    }
}
