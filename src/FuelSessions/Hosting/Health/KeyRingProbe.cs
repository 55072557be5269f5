using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace FuelSessions;

/// <summary>Whether ids can be protected and read again, and whether the place where the app keeps its keys can be read.</summary>
internal sealed class KeyRingProbe(IDataProtectionProvider protection, IOptions<KeyManagementOptions> options, TimeProvider clock)
{
    private const string Text = "probe";

    /// <returns>How long it took.</returns>
    /// <exception cref="Exception">It can't be read; or not within that time.</exception>
    internal async Task<TimeSpan> TryAsync(TimeSpan timeout)
    {
        long start = clock.GetTimestamp();

        // Repositories are read synchronously, and may wait for a server.
        await LeftAlone.MayBe(Task.Run(Try)).WaitAsync(timeout).ConfigureAwait(false);
        return clock.GetElapsedTime(start);
    }

    private void Try()
    {
        IDataProtector protector = protection.CreateProtector("FuelSessions.Health");
        if (protector.Unprotect(protector.Protect(Text)) != Text)
        {
            throw new StoreProbeException("does not give back what was protected");
        }

        // The keys in use stay in memory for a day: what is stored is asked as well.
        options.Value.XmlRepository?.GetAllElements();
    }
}
