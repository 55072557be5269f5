using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace FuelSessions;

/// <summary>
/// A driver's key ring, which Data Protection asks synchronously, in the middle of a request, and for one request after the other: no longer than
/// <c>StoreTimeout</c>, like all else that a request asks of the store [F6].
/// </summary>
internal class BoundedKeys : IXmlRepository
{
    private readonly IXmlRepository _keys;

    // A store that can be read need not take writes.
    private readonly BoundedCall _reading;
    private readonly BoundedCall _changing;

    private BoundedKeys(IXmlRepository keys, string driver, Func<TimeSpan> timeout)
    {
        _keys = keys;
        _reading = new BoundedCall($"The Data Protection keys, which session driver '{driver}' keeps, could not be read", timeout);
        _changing = new BoundedCall($"The Data Protection keys, which session driver '{driver}' keeps, could not be changed", timeout);
    }

    internal IXmlRepository Keys => _keys;

    internal static BoundedKeys Around(IXmlRepository keys, string driver, Func<TimeSpan> timeout) =>
        keys is IDeletableXmlRepository deletable ? new Deletable(deletable, driver, timeout) : new BoundedKeys(keys, driver, timeout);

    public IReadOnlyCollection<XElement> GetAllElements() => _reading.Run(_keys.GetAllElements);

    public void StoreElement(XElement element, string friendlyName) => _changing.Run(() =>
    {
        _keys.StoreElement(element, friendlyName);
        return true;
    });

    /// <summary>Where keys can be removed as well.</summary>
    private sealed class Deletable(IDeletableXmlRepository keys, string driver, Func<TimeSpan> timeout) : BoundedKeys(keys, driver, timeout), IDeletableXmlRepository
    {
        public bool DeleteElements(Action<IReadOnlyCollection<IDeletableElement>> chooseElements) => _changing.Run(() => keys.DeleteElements(chooseElements));
    }
}
