using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens.Stores;

/// <summary>An ability of a store: it can do where there is no Data Protection, as in a console program.</summary>
internal interface IBringDataProtection
{
    /// <summary>Made when it is asked for, which is only where the app has none.</summary>
    IDataProtectionProvider DataProtection { get; }
}
