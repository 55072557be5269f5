using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace FuelSessions.Fuzz.Targets;

internal sealed class KeysInMemory : IXmlRepository
{
    private readonly List<XElement> _elements = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_elements)
        {
            return [.. _elements];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_elements)
        {
            _elements.Add(element);
        }
    }
}
