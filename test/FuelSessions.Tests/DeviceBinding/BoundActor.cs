using FuelSessions.Engine;
using FuelSessions.Records;
using FuelSessions.Tests.Interleavings;
using Variables = FuelSessions.Tests.Interleavings.Variables;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>Whoever has the cookies of a bound session, in a process of their own: the owner, who may refresh first, or a thief, whose bound cookie is over.</summary>
internal sealed class BoundActor(int number, Deed? deed, bool isThief, bool refreshes, UnboundRequestAction action, BoundStart start, RecordStore store, Gate gate) : IRequestBoundary
{
    // How old an id gets: a day, or no time at all.
    private static readonly FuelSessionsOptions Seldom = Options(TimeSpan.FromDays(1));
    private static readonly FuelSessionsOptions AtOnce = Options(TimeSpan.FromMilliseconds(1));

    private SessionSecret _cookie = isThief ? start.Over : start.Bound;

    public bool HeadersSent => false;

    public ClientIdentity Client => new(null, null);

    public bool IsSpeculative => false;

    internal bool IsThief => isThief;

    internal Deed? Deed => deed;

    internal Task Task { get; private set; } = null!;

    internal SessionTransaction? Session { get; private set; }

    internal BindingStanding? Standing { get; private set; }

    internal SessionState Loaded { get; private set; }

    internal bool SawData { get; private set; }

    internal bool Refreshed { get; private set; }

    /// <summary>What the app refused it.</summary>
    internal bool WasRefused { get; private set; }

    public bool Withholds(SessionTransaction transaction) => false;

    public void OnUnsaved()
    {
    }

    public BindingStanding StandingOf(SessionRecord record, FuelSessionsOptions options) => (Standing = Judge(record)).Value;

    internal void Begin()
    {
        var services = Interleavings.Engine.Services(new Interleavings.Engine.Clock(), Interleavings.Engine.Queue());
        Task = RunAsync(services, new SessionStorage("gated", new GatedDriver(number, store, gate)));
    }

    private async Task RunAsync(EngineServices services, SessionStorage storage)
    {
        if (refreshes)
        {
            await RefreshAsync(new BindingUpdate(services, storage, Seldom));
        }

        if (deed is not { } does)
        {
            return;
        }

        FuelSessionsOptions options = does is Interleavings.Deed.AutoRotate or Interleavings.Deed.AutoRotateAndIncrement ? AtOnce : Seldom;
        Session = new SessionTransaction(services, storage, options, this, start.Id.Presented, others: null);
        await Session.UseAsync();
        Loaded = Session.State;
        SawData = Session.TryGet(Variables.BasePath, out _) || Session.Principal is not null;
        try
        {
            Do(does);
            await Session.SaveAsync(explicitly: false);
        }
        catch (SessionUnprovedException)
        {
            WasRefused = true;
        }
    }

    private async Task RefreshAsync(BindingUpdate update)
    {
        var bound = SessionSecret.Create();
        bool refreshed = false;
        bool isThere = await update.ApplyAsync(start.Record.Key, record =>
        {
            // As the endpoint decides: by what is stored when it is replaced.
            refreshed = record.Binding is { } binding && binding.Challenge == start.Record.Binding!.Challenge;
            return refreshed ? record.Binding!.Refreshed(bound, (UInt128)(100 + number), Start.Now.AddMinutes(10), Start.Now) : null;
        });
        Refreshed = isThere && refreshed;
        if (Refreshed)
        {
            _cookie = bound;
        }
    }

    private void Do(Deed does)
    {
        switch (does)
        {
            case Interleavings.Deed.Increment or Interleavings.Deed.AutoRotateAndIncrement:
                Increment();
                break;
            case Interleavings.Deed.Rotate or Interleavings.Deed.Revoke:
                Session!.Rotate(does == Interleavings.Deed.Revoke);
                break;
            case Interleavings.Deed.SignInAda or Interleavings.Deed.SignInBob:
                Session!.Attach(does == Interleavings.Deed.SignInAda ? "ada" : "bob");
                Increment();
                break;
            case Interleavings.Deed.SignOut:
                Session!.Attach(null);
                break;
            case Interleavings.Deed.Destroy:
                Session!.Destroy();
                break;
            case Interleavings.Deed.Renew:
                Session!.Create();
                Increment();
                break;
        }
    }

    private void Increment() => Session!.Apply(new IncrementVariable(Variables.Sum, 1));

    private BindingStanding Judge(SessionRecord record) => record.Binding is not { } binding ? BindingStanding.Free
        : binding.IsProvedBy(_cookie, Start.Now) ? BindingStanding.Proved
        : action == UnboundRequestAction.Refuse ? BindingStanding.Refused
        : action == UnboundRequestAction.ReadOnly ? BindingStanding.ReadOnly
        : BindingStanding.Reported;

    private static FuelSessionsOptions Options(TimeSpan rotation) => new()
    {
        Driver = "gated", MatchUserAgent = UserAgentMatching.Off, StoreTimeout = Timeout.InfiniteTimeSpan, RotationTime = rotation, ExpireOnClose = false,
    };
}

/// <summary>A bound session of Ada's, one bound cookie that is good, and one that is over.</summary>
internal sealed class BoundStart
{
    internal BoundStart()
    {
        var plain = new Start(StartState.Fresh, principal: "ada");
        Id = plain.Current;
        Record = plain.Record with
        {
            Binding = new Records.DeviceBinding(
                1,
                new DeviceKey(DeviceKeyAlgorithm.ES256, new byte[64]),
                Start.Now,
                confirmed: Start.Now.AddHours(-1),
                challenge: 7,
                challengeEnds: Start.Now.AddMinutes(1),
                new BoundProof(Over.Hash(), Start.Now),
                new BoundProof(Bound.Hash(), Start.Now.AddMinutes(1))),
        };
    }

    internal SessionRecord Record { get; }

    internal KnownId Id { get; }

    internal SessionSecret Bound { get; } = SessionSecret.Create();

    internal SessionSecret Over { get; } = SessionSecret.Create();
}
