using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>One request on the real engine, from loading its session to the moment its response goes out.</summary>
internal sealed class Request(int number, Plan plan) : IRequestBoundary
{
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly List<long> _functionSaw = [];
    private SessionTransaction _session = null!;
    private PresentedId? _presented;
    private KnownId? _shown;
    private KnownId? _sent;
    private SessionState _loaded;
    private bool _sawData;
    private string? _loadedPrincipal;
    private long _pending;
    private bool _wrote;

    public bool HeadersSent => false;

    public ClientIdentity Client => new(null, null);

    public bool IsReadOnly { get; init; }

    public bool IsSpeculative => false;

    public bool Withholds(SessionTransaction transaction) => false;

    public void OnUnsaved()
    {
    }

    /// <summary>Null until it is sent.</summary>
    internal Task? Task { get; private set; }

    /// <summary>How many store steps there had been when it ended.</summary>
    internal int Ended { get; private set; }

    /// <summary>What the answer carries.</summary>
    internal KnownId? Sent => _sent ??= _session.IdToSend is { } id ? new KnownId(id.Key, id.Secret) : null;

    internal bool AnswersWithCookie => Task is { IsCompletedSuccessfully: true } && (_session.IdToSend is not null || _session.IdToWithdraw);

    /// <param name="shown">The id that is presented; with neither it nor a token, nothing is.</param>
    internal void Send(KnownId? shown, PresentedId? token, EngineServices services, RecordStore store, Gate gate, FuelSessionsOptions options)
    {
        _shown = shown;
        _presented = shown?.Presented ?? token;
        _session = new SessionTransaction(services, new SessionStorage("gated", new GatedDriver(number, store, gate)), options, this, _presented, others: null);
        Task = RunAsync(store);
    }

    internal Outcome ToOutcome() => new()
    {
        Plan = plan,
        Key = _presented?.Key,
        Presented = _shown?.Hash,
        Loaded = _loaded,
        LoadedPrincipal = _loadedPrincipal,
        SawData = _sawData,
        Ended = Ended,
        Final = _session.State,
        FinalKey = _session.Key,
        FinalToken = () => _session.TokenSecret().Hash(),
        FinalPrincipal = _session.Principal,
        FinalSum = _session.TryGet(Variables.Sum, out ReadOnlyMemory<byte> sum) ? ValueSerializer.ReadInteger(Variables.Sum, sum) : 0,
        InHand = InHand(),
        Sent = Sent,
        Withdraws = _session.IdToSend is null && _session.IdToWithdraw,
        Acknowledged = _acknowledged,
        Shown = _functionSaw,
    };

    private SecretHash? InHand() =>
        _session.CurrentId is not { } held ? null : Sent is { } sent && held.Secret.Equals(sent.Id.Secret) ? sent.Hash : held.Secret.Hash();

    private async Task RunAsync(RecordStore store)
    {
        await _session.UseAsync();
        _loaded = _session.State;
        _loadedPrincipal = _session.Principal;
        _sawData = _session.TryGet(Variables.BasePath, out _);
        try
        {
            await DoAsync();
        }
        catch (InvalidOperationException) when (_presented is { Secret: null })
        {
            // Whoever came with a token begins no other session [C6].
        }

        await SaveAsync(explicitly: false);
        Ended = store.Events.Count;
    }

    private async Task DoAsync()
    {
        switch (plan.Deed)
        {
            case Deed.Read or Deed.AutoRotate:
                break;
            case Deed.Write:
                _session.Apply(new SetVariable(Variables.Own(number), ValueSerializer.WriteInteger(1)));
                _session.Apply(new SetVariable(Variables.Last, ValueSerializer.WriteInteger(number)));
                _wrote = true;
                break;
            case Deed.Increment or Deed.AutoRotateAndIncrement:
                Increment();
                break;
            case Deed.Update:
                _session.Apply(new Function(Variables.Amount(number, 0), _functionSaw));
                _pending += Variables.Amount(number, 0);
                break;
            case Deed.Prolong:
                FuelSessionsOptions longer = _session.Options.Clone();
                longer.ExpirationTime = Start.LongerLifetime;
                _session.Configure(longer, setsLifetime: true, shapesCookie: false);
                break;
            case Deed.Rotate or Deed.Revoke:
                _session.Rotate(plan.Deed == Deed.Revoke);
                break;
            case Deed.RotateAndIncrement or Deed.RevokeAndIncrement:
                _session.Rotate(plan.Deed == Deed.RevokeAndIncrement);
                Increment();
                break;
            case Deed.SignInAda or Deed.SignInBob:
                _session.Attach(plan.Principal);
                Increment();
                break;
            case Deed.SignOut:
                _session.Attach(null);
                break;
            case Deed.Destroy:
                _session.Destroy();
                break;
            case Deed.Renew:
                _session.Create();
                Increment();
                break;
            default:
                await DoInTwoSavesAsync();
                break;
        }
    }

    private async Task DoInTwoSavesAsync()
    {
        if (plan.Deed == Deed.RotateSaveAndIncrement)
        {
            _session.Rotate(revoke: false);
        }

        Increment();
        await SaveAsync(explicitly: true);
        if (plan.Deed == Deed.SaveRevokeAndIncrement)
        {
            _session.Rotate(revoke: true);
        }

        Increment(which: 1);
    }

    private void Increment(int which = 0)
    {
        long amount = Variables.Amount(number, which);
        _session.Apply(new IncrementVariable(Variables.Sum, amount));
        _pending += amount;
    }

    // What the app may take for saved: the save did not throw, and the session was neither detached nor gone before or after it.
    private async Task SaveAsync(bool explicitly)
    {
        bool kept = _session.State is SessionState.New or SessionState.Active;
        try
        {
            await _session.SaveAsync(explicitly);
        }
        catch (Exception error) when (explicitly && error is SessionGoneException or InvalidOperationException)
        {
            kept = false;
        }

        if (kept && _session.State is not (SessionState.Gone or SessionState.Detached) && (_pending > 0 || _wrote))
        {
            _acknowledged.Add(new Acknowledged(_session.Key, _pending, _wrote));
        }

        _pending = 0;
        _wrote = false;
    }

    /// <summary>An increment that notes what it is shown.</summary>
    private sealed class Function(long by, List<long> saw) : Change
    {
        internal override void Apply(VariableMap variables, bool lenient)
        {
            long sum = Variables.Read(variables, Variables.Sum);
            saw.Add(sum);
            variables.Set(Variables.Sum, ValueSerializer.WriteInteger(sum + by));
        }
    }
}
