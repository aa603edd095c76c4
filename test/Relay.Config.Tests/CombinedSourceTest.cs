using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>An ACL that is refreshed from sources made of others, with time moved by hand.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class CombinedSourceTest
{
    protected static readonly TimeSpan Refresh = NetworkOptions.Default.Refresh;

    private NetworkService? _service;

    protected ManualTimeProvider Time { get; } = new();

    protected NetworkOnlyAcl Acl { get; } = new();

    protected RecordingLoggerFactory Log { get; } = new();

    protected ToldSource Listed { get; } = new(MembershipKind.Authoritative);

    protected ToldSource Alive { get; } = new(MembershipKind.Sightings);

    protected ToldSource Denied { get; } = new(MembershipKind.Authoritative);

    protected NetworkService Service => _service!;

    protected PeerId[] Admitted => [.. new[] { Peers.Member, Peers.OtherMember, Peers.Stranger }.Where(IsAdmitted)];

    [TearDown]
    public async Task StopAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        Log.Dispose();
    }

    protected bool IsAdmitted(PeerId peer) => Acl.AllowReserve(peer, Peers.Address).IsAllowed;

    protected Task StartAsync(IMembershipSource source, NetworkOnlyOption? option = null)
    {
        _service = new NetworkService(Acl, source, option ?? NetworkOptions.Patient, Peers.Self, Time, Log) { Random = () => 0 };
        return _service.StartAsync(CancellationToken.None).InTime();
    }

    // All parts have been read again, and what they said has been dealt with.
    protected async Task RefreshAsync()
    {
        (long, DateTimeOffset?)[] before = [.. Reads()];
        Time.Advance(Refresh);
        await Eventually.TrueAsync(() => Reads().Zip(before).All(static part => part.First != part.Second), "the refresh of every part");

        IEnumerable<(long, DateTimeOffset?)> Reads() => Service.Status.Sources.Select(static source => (source.Errors, source.RefreshedAt));
    }
}
