using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>An ACL that is refreshed from one scripted source, with time moved by hand; nothing may be left behind.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class NetworkServiceTest
{
    protected const int MembersChanged = 3001;
    protected const int WindowIsOpen = 3002;
    protected const int WindowIsClosed = 3003;
    protected const int SourceFails = 3004;
    protected const int SourceIsBack = 3006;
    protected const int InvalidEntries = 3007;
    protected const int RefreshBroke = 3013;

    protected static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    protected static readonly NetworkOnlyOption Option = NetworkOptions.Default;

    private NetworkService? _current;

    protected ManualTimeProvider Time { get; } = new();

    protected RecordingLoggerFactory Log { get; } = new();

    protected NetworkOnlyAcl Acl { get; } = new();

    /// <summary>Released at each change of the ACL's answers.</summary>
    protected SemaphoreSlim Changes { get; } = new(0);

    protected ScriptedSource Source { get; set; } = null!;

    protected NetworkService Service
    {
        get => _current!;
        set => _current = value;
    }

    [TearDown]
    public async Task StopAsync()
    {
        if (_current is not null)
            await _current.DisposeAsync();
        Changes.Dispose();
        Log.Dispose();
        Assert.That(Time.ActiveTimers, Is.Zero, "a timer was left behind");
        Assert.That(Source.Subscribers, Is.Zero, "a subscription was left behind");
    }

    protected NetworkService Create(IMembershipSource source) => new(Acl, source, Option, Peers.Self, Time, Log) { Random = () => 0 };

    protected bool IsAdmitted(PeerId peer) => Acl.AllowReserve(peer, Peers.Address).IsAllowed;

    protected Task BeginStart(MembershipKind kind, CancellationToken cancellationToken = default)
    {
        Source = new ScriptedSource(kind);
        Service = Create(Source);
        Acl.Changed += () => Changes.Release();
        return Service.StartAsync(cancellationToken);
    }

    protected async Task StartAsync(MembershipKind kind, Action<ScriptedSource.Read> answer)
    {
        Task start = BeginStart(kind);
        answer(await Source.NextReadAsync());
        await start.InTime();
        while (Changes.CurrentCount > 0)
            await Changes.WaitAsync();
    }

    // Moves to the next refresh, or to the end of the back-off, answers it and waits until the answer has been dealt with.
    protected async Task RefreshWithAsync(Action<ScriptedSource.Read> answer)
    {
        MembershipStatus before = Service.Status;
        Time.AdvanceToNext();
        answer(await Source.NextReadAsync());
        await StatusAsync(status => !ReferenceEquals(status, before));
    }

    protected async Task SignalledReadAsync(Action<ScriptedSource.Read> answer)
    {
        Source.Signal();
        answer(await Source.NextReadAsync());
    }

    protected async Task AdvanceAndAnswerAsync(TimeSpan time, Action<ScriptedSource.Read> answer)
    {
        Time.Advance(time);
        answer(await Source.NextReadAsync());
    }

    protected Task ChangeAsync() => Changes.WaitAsync().InTime();

    protected Task StatusAsync(Func<MembershipStatus, bool> condition) => Eventually.TrueAsync(() => condition(Service.Status), "the status");
}
