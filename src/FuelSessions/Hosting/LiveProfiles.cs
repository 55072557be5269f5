using FuelSessions.Configuration;
using FuelSessions.Engine;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// The settings as they are now: made anew, as a whole, when a source of theirs changes, such as a configuration file. Those that can't work
/// stop the app at its start, and later change nothing.
/// </summary>
internal sealed class LiveProfiles : IDisposable
{
    private readonly IOptionsFactory<FuelSessionsOptions> _options;
    private readonly DriverRegistry _drivers;
    private readonly SessionDiagnostics _diagnostics;
    private readonly IDisposable[] _subscriptions;
    private readonly Lock _making = new();
    private volatile SessionProfiles _current;

    public LiveProfiles(
        IOptionsFactory<FuelSessionsOptions> options,
        IEnumerable<IOptionsChangeTokenSource<FuelSessionsOptions>> sources,
        DriverRegistry drivers,
        SessionDiagnostics diagnostics)
    {
        (_options, _drivers, _diagnostics) = (options, drivers, diagnostics);
        _current = new SessionProfiles(options, drivers, diagnostics);

        // A driver's own change is the whole section's.
        _subscriptions = [.. sources
            .Where(source => source is not SectionChanges { IsOfDriver: true })
            .Select(source => ChangeToken.OnChange(source.GetChangeToken, Make))];
    }

    internal SessionProfiles Current => _current;

    /// <summary>Why what is configured now is not all in force; null: it is.</summary>
    internal string? NotInForce { get; private set; }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private void Make()
    {
        lock (_making)
        {
            try
            {
                var made = new SessionProfiles(_options, _drivers, _diagnostics);
                string kept = string.Join(", ", made.KeepWhatIsReadAtStart(_current));
                string? before = NotInForce;
                (NotInForce, _current) = (kept.Length > 0 ? $"Changed, and in force from the next start of the app on: {kept}." : null, made);
                _diagnostics.SettingsChanged();
                if (NotInForce is not null && NotInForce != before)
                {
                    _diagnostics.SettingsNeedStart(kept);
                }
            }
            catch (Exception error)
            {
                NotInForce = $"Changed to settings that can't work, and refused: {error.Message}";
                _diagnostics.SettingsRefused(error);
            }
        }
    }
}
