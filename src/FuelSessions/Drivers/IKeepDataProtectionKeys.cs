using Microsoft.AspNetCore.DataProtection.Repositories;

namespace FuelSessions.Drivers;

/// <summary>
/// A driver that can keep the Data Protection key ring beside its sessions, so that every node reads the others'
/// cookies; asked for with <see cref="FuelSessionsBuilder.PersistDataProtectionKeys"/>.
/// </summary>
public interface IKeepDataProtectionKeys
{
    /// <summary>Where the key ring is kept.</summary>
    IXmlRepository DataProtectionKeys { get; }
}
