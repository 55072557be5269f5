using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>One run of a scenario: the choices say who goes next, the engine does the rest. All on the calling thread.</summary>
internal sealed class Execution
{
    private readonly Scenario _scenario;
    private readonly Choices _choices;
    private readonly Engine.Clock _clock = new();
    private readonly RecordStore _store;
    private readonly Gate _gate;
    private readonly Request[] _requests;
    private readonly EngineServices[] _processes;
    private readonly List<int> _delivered = [];
    private KnownId? _cookie;
    private int _lastRead = -1;

    private Execution(Scenario scenario, Choices choices)
    {
        (_scenario, _choices, _cookie) = (scenario, choices, scenario.Browser);
        _store = scenario.Store();
        _store.Put(scenario.Start.Record);
        int count = scenario.Plans.Length;
        _gate = new Gate(count);
        _requests = new Request[count];
        _processes = new EngineServices[count];
        for (int i = 0; i < count; i++)
        {
            _requests[i] = new Request(i, scenario.Plans[i]);
            _processes[i] = i > 0 && scenario.OneProcess ? _processes[0] : Engine.Services(_clock, Engine.Queue());
        }
    }

    /// <returns>Null if another sequence of choices comes to the same.</returns>
    internal static History? Run(Scenario scenario, Choices choices)
    {
        // Without it, continuations stay on this thread, and each run is the same each time.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var execution = new Execution(scenario, choices);
            return execution.Run() ? execution.ToHistory() : null;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private bool Run()
    {
        for (int i = 0; i < _requests.Length && _scenario.Browser is null; i++)
        {
            Send(i, _scenario.Start.IdFor(_scenario.Plans[i].Presents));
        }

        SendSome();
        Span<int> next = stackalloc int[2 * _requests.Length];
        while (true)
        {
            int count = 0;
            bool allSent = true;
            for (int i = 0; i < _requests.Length; i++)
            {
                allSent &= _requests[i].Task is not null;
                if (_gate.IsWaiting(i) && !IsSameAsAnotherOrder(i))
                {
                    next[count++] = i;
                }
            }

            // Once every request is sent, the order of arrivals changes nothing at the server: the invariants try all.
            for (int i = 0; i < _requests.Length && !allSent; i++)
            {
                if (_requests[i].AnswersWithCookie && !_delivered.Contains(i))
                {
                    next[count++] = _requests.Length + i;
                }
            }

            if (count == 0)
            {
                return IsOver(allSent);
            }

            int chosen = next[_choices.Choose(count)];
            _lastRead = -1;
            if (chosen < _requests.Length)
            {
                _lastRead = _gate.CallOf(chosen) == StoreCall.Read && !_scenario.OneProcess ? chosen : -1;
                _gate.Release(chosen);
            }
            else
            {
                Deliver(chosen - _requests.Length);
            }
        }
    }

    private bool IsOver(bool allSent)
    {
        for (int i = 0; i < _requests.Length; i++)
        {
            if (_gate.IsWaiting(i))
            {
                return false;
            }

            if (_requests[i].Task is { IsCompleted: false })
            {
                throw new InvalidOperationException($"A request waits for nothing and never ends: {_scenario}, choices {_choices}.");
            }
        }

        return allSent;
    }

    // Two reads that follow each other come to the same in either order, but for the order in which one process queues up.
    private bool IsSameAsAnotherOrder(int request) => _gate.CallOf(request) == StoreCall.Read && request < _lastRead;

    private void Deliver(int request)
    {
        _delivered.Add(request);
        _cookie = _requests[request].Sent;
        SendSome();
    }

    // A request that is sent later, with the same cookie, is one whose first step is later.
    private void SendSome()
    {
        for (int i = 0; i < _requests.Length; i++)
        {
            if (_requests[i].Task is null && _choices.Choose(2) == 0)
            {
                Send(i, _cookie);
            }
        }
    }

    private void Send(int request, KnownId? shown) => _requests[request].Send(
        shown,
        _scenario.Browser is null ? _scenario.Start.Token : null,
        _processes[request],
        _store,
        _gate,
        Engine.OptionsFor(_scenario.Plans[request], _scenario));

    private History ToHistory()
    {
        foreach (Request request in _requests)
        {
            request.Task!.GetAwaiter().GetResult();
        }

        Outcome[] outcomes = [.. _requests.Select(request => request.ToOutcome())];
        StoreEvent[] events = [.. _store.Events];
        SessionRecord? record = _store.Find(_scenario.Start.Key);
        var ids = new List<KnownId> { _scenario.Start.Stale, _scenario.Start.Current };
        if (_scenario.Start.Previous is { } previous)
        {
            ids.Add(previous);
        }

        ids.AddRange(outcomes.Where(outcome => outcome.Sent is not null).Select(outcome => outcome.Sent!));
        Dictionary<(SessionKey, SecretHash), Found> now = Find(ids);

        // An id does not become good by waiting.
        _clock.Now += TimeSpan.FromSeconds(61);
        Dictionary<(SessionKey, SecretHash), Found> later = Find(ids.Where(id => id.Key == _scenario.Start.Key && now[id.Name].HasAnything));
        return new History(_scenario, events, outcomes) { Delivered = _delivered, Now = now, Later = later, Record = record };
    }

    private Dictionary<(SessionKey, SecretHash), Found> Find(IEnumerable<KnownId> ids)
    {
        var found = new Dictionary<(SessionKey, SecretHash), Found>();
        foreach (KnownId id in ids)
        {
            if (!found.ContainsKey(id.Name))
            {
                found.Add(id.Name, Find(id));
            }
        }

        return found;
    }

    // One more request, which only looks.
    private Found Find(KnownId id)
    {
        var session = new SessionTransaction(
            _processes[0],
            new SessionStorage("gated", new Onlooker(_store)),
            Engine.OptionsForReading,
            new Request(0, _scenario.Plans[0]) { IsReadOnly = true },
            id.Presented,
            others: null);
        session.UseNow();
        return new Found(
            session.State == SessionState.Active,
            session.TryGet(Variables.BasePath, out _),
            session.TryGet(Variables.Sum, out ReadOnlyMemory<byte> sum) ? ValueSerializer.ReadInteger(Variables.Sum, sum) : 0,
            session.Principal,
            id.Key == _scenario.Start.Key && _store.Find(id.Key) is { } record && id.Hash.Equals(record.CurrentHash) ? session.TokenSecret().Hash() : null);
    }

    private sealed class Onlooker(RecordStore store) : ISessionDriver
    {
        public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => new(store.Find(key));

        public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken) => throw Unexpected();

        public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) => throw Unexpected();

        public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) => throw Unexpected();

        private static InvalidOperationException Unexpected() => new("A request that only looks changes nothing.");
    }
}
