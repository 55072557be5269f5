using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Stores;

/// <summary>What a client's store may need of its surroundings.</summary>
/// <param name="Client">The client's name.</param>
/// <param name="DataProtection">The app's; null where there is none, as in a console program.</param>
internal sealed record TokenStoreContext(string Client, TimeProvider Clock, ILoggerFactory Loggers, IDataProtectionProvider? DataProtection);
