using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

/// <summary>A key ring in memory that several processes share.</summary>
internal sealed class KeyRing : IXmlRepository
{
    private readonly List<XElement> _elements = [];
    private readonly List<ServiceProvider> _nodes = [];

    internal bool IsAway { get; set; }

    /// <summary>As a process of that application has it.</summary>
    internal IDataProtectionProvider NewProvider(string application = "app")
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName(application);
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = this);
        ServiceProvider node = services.BuildServiceProvider();
        _nodes.Add(node);
        return node.GetRequiredService<IDataProtectionProvider>();
    }

    /// <summary>Revokes all keys, and returns once Data Protection of every process knows.</summary>
    internal void Revoke()
    {
        foreach (ServiceProvider node in _nodes)
        {
            IDataProtector protector = node.GetRequiredService<IDataProtectionProvider>().CreateProtector("probe");
            byte[] probe = protector.Protect([]);
            var manager = node.GetRequiredService<IKeyManager>();
            foreach (IKey key in manager.GetAllKeys())
            {
                manager.RevokeKey(key.KeyId, "a test");
            }

            // It reads the ring anew in the background.
            Assert.True(SpinWait.SpinUntil(() => IsRefused(protector, probe), TimeSpan.FromSeconds(30)));
        }
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_elements)
        {
            return IsAway ? throw new TimeoutException("The store of the keys is away.") : [.. _elements];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_elements)
        {
            _elements.Add(element);
        }
    }

    private static bool IsRefused(IDataProtector protector, byte[] probe)
    {
        try
        {
            protector.Unprotect(probe);
            return false;
        }
        catch (CryptographicException)
        {
            return true;
        }
    }
}
