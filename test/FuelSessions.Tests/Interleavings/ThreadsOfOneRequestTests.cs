using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>One thread of a request saves its session while another one goes on: here, in the midst of the save, at a moment of the test's choice.</summary>
public class ThreadsOfOneRequestTests
{
    private readonly Engine.Clock _clock = new();
    private readonly Start _start = new(StartState.Fresh);
    private readonly RecordStore _store = new();
    private readonly Driver _driver;
    private readonly Boundary _boundary = new();
    private readonly SessionTransaction _session;

    public ThreadsOfOneRequestTests()
    {
        _store.Put(_start.Record);
        _driver = new Driver(_store);
        _session = new SessionTransaction(
            Engine.Services(_clock, Engine.Queue()), new SessionStorage("hooked", _driver), Engine.OptionsForReading, _boundary, _start.Current.Presented, others: null);
    }

    /// <summary>As it finds that there is nothing to store, and as it has stored something.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_another_thread_destroys_meanwhile_ends(bool isChanged)
    {
        await BeginAsync(isChanged, () => _session.Destroy());
        await _session.SaveAsync(explicitly: false);
        Assert.True(_session.IsUnsaved || _store.Find(_start.Key) is null, "It counts as saved, though the session is to end.");
        await _session.SaveAsync(explicitly: false);
        Assert.Null(_store.Find(_start.Key));
        Assert.Null(_session.IdToSend);
        Assert.False(_session.IsUnsaved);
    }

    [Fact]
    public async Task What_another_thread_begins_in_its_place_is_stored()
    {
        await BeginAsync(isChanged: false, () =>
        {
            _session.Create();
            _session.Apply(new SetVariable(VariablePath.Whole("b"), [.. "2"u8]));
        });
        await _session.SaveAsync(explicitly: false);
        await _session.SaveAsync(explicitly: false);
        Assert.Null(_store.Find(_start.Key));
        Assert.NotEqual(_start.Key, _session.Key);
        Assert.NotNull(_store.Find(_session.Key));
        Assert.Equal(_session.Key, _session.IdToSend?.Key);
    }

    private async Task BeginAsync(bool isChanged, Action meanwhile)
    {
        await _session.UseAsync();
        if (isChanged)
        {
            _session.Apply(new SetVariable(VariablePath.Whole("a"), [.. "1"u8]));
            _driver.OnWrite = meanwhile;
        }
        else
        {
            _boundary.OnClient = meanwhile;
        }
    }

    private sealed class Driver(RecordStore store) : RecordStoreDriver(store)
    {
        internal Action? OnWrite { get; set; }

        public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
        {
            WriteResult result = await base.WriteAsync(record, cancellationToken);
            Action? hook = OnWrite;
            OnWrite = null;
            hook?.Invoke();
            return result;
        }
    }

    private sealed class Boundary : IRequestBoundary
    {
        internal Action? OnClient { get; set; }

        public bool HeadersSent => false;

        public ClientIdentity Client
        {
            get
            {
                Action? hook = OnClient;
                OnClient = null;
                hook?.Invoke();
                return new ClientIdentity(null, null);
            }
        }

        public bool IsSpeculative => false;

        public bool Withholds(SessionTransaction transaction) => false;

        public void OnUnsaved()
        {
        }
    }
}
