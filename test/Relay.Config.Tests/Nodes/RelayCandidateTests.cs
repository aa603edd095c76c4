using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Relay.AutoRelay;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Relays from a candidate source, which is somebody else's code; and those who follow what becomes of them.</summary>
internal sealed class RelayCandidateTests(bool peersServe) : AutoRelayTest(peersServe)
{
    [Test]
    public async Task A_relay_that_was_found_is_used_when_the_search_is_over()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync([], supply: builder => builder.WithRelayCandidates(new Source(relay.ListenAddresses)));
        await HoldsAsync(node, relay);
        Assert.That(node.Relays.Known.Single().Origin, Is.EqualTo(RelayOrigin.Source));
    }

    [Test]
    public async Task A_source_that_never_comes_to_an_end_is_stopped_when_enough_was_found()
    {
        RelayNode relay = await StartOpenRelayAsync();
        var source = new EndlessSource(relay.ListenAddresses[0]);
        RelayNode node = await StartSeekerAsync(
            [], configure: config => config.Connection.AutoRelay.BootDelay = TimeSpan.Zero, supply: builder => builder.WithRelayCandidates(source));
        await HoldsAsync(node, relay);
        await source.Cancelled.InTime();
    }

    [Test]
    public async Task A_search_goes_on_while_those_it_has_found_are_asked_and_refuse()
    {
        RelayNode closed = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        RelayNode open = await StartOpenRelayAsync();
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RelayNode node = await StartSeekerAsync(
            [],
            configure: config => (config.Connection.AutoRelay.BootDelay, config.Connection.AutoRelay.DiscoveryInterval) = (TimeSpan.Zero, TimeSpan.FromHours(1)),
            supply: builder => builder.WithRelayCandidates(new PatientSource(closed.ListenAddresses[0], refused.Task, open.ListenAddresses[0])));
        await Eventually.TrueAsync(() => node.Relays.Known.Any(known => known is { State: RelayState.Waiting, Reason: RelayReason.Refused }), "the refusal");
        refused.SetResult();
        await HoldsAsync(node, open);
    }

    [Test]
    public async Task A_source_that_fails_is_logged_and_asked_again()
    {
        RelayNode relay = await StartOpenRelayAsync();
        var log = new RecordingLogger();
        int calls = 0;
        var source = new Source(relay.ListenAddresses, () => calls++ == 0 ? new InvalidOperationException("the DHT is down") : null);
        RelayNode node = await StartSeekerAsync(
            [],
            configure: config => config.Connection.AutoRelay.DiscoveryInterval = TimeSpan.FromSeconds(1),
            supply: builder => builder.WithRelayCandidates(source).WithLoggerFactory(log));
        await HoldsAsync(node, relay);
        Assert.That(log.AtLeast(LogLevel.Warning).Select(entry => entry.Message), Has.Some.Contains("the DHT is down"));
    }

    [Test]
    public async Task A_source_that_ignores_its_cancellation_does_not_keep_the_node_from_stopping()
    {
        using var blocked = new ManualResetEventSlim();
        var source = new Source([], () =>
        {
            blocked.Wait();
            return null;
        });
        RelayNode node = await StartSeekerAsync([], supply: builder => builder.WithRelayCandidates(source));
        await Eventually.TrueAsync(() => source.IsAsked, "the source is asked");
        await node.StopAsync().InTime();
        blocked.Set();
    }

    [Test]
    public async Task A_source_is_not_asked_when_it_is_not_needed([Values] bool onlyStatic)
    {
        RelayNode relay = await StartOpenRelayAsync();
        var source = new Source([]);
        var log = new RecordingLogger();
        RelayNode node = await StartSeekerAsync(
            relay.ListenAddresses,
            configure: config => config.Connection.AutoRelay.OnlyStaticRelays = onlyStatic,
            supply: builder => builder.WithRelayCandidates(source).WithLoggerFactory(log));
        await HoldsAsync(node, relay);
        Assert.That((source.IsAsked, log.Entries.Any(entry => entry.EventId == 4011)), Is.EqualTo((false, onlyStatic)));
    }

    [Test]
    public void A_private_node_without_any_relay_to_know_of_is_warned_about()
    {
        var log = new RecordingLogger();
        Config config = CreateConfig(service => service.Disabled = true);
        config.Connection.Reachability = Reachability.Private;
        Build(config, builder => builder.WithLoggerFactory(log));
        Assert.That(log.AtLeast(LogLevel.Warning).Select(entry => entry.EventId), Is.EqualTo(new[] { 4010 }));
    }

    [Test]
    public async Task Who_follows_sees_how_things_stand_and_then_every_step()
    {
        RelayNode relay = await StartOpenRelayAsync();
        Config config = CreateConfig(service => service.Disabled = true);
        config.Connection.AutoRelay.StaticRelays.Add(relay.ListenAddresses[0].ToString());
        RelayNode node = Build(config);
        await using IAsyncEnumerator<KnownRelay> steps = node.Relays.WatchAsync().GetAsyncEnumerator();
        Assert.That(await steps.MoveNextAsync().AsTask().InTime(), Is.True);
        Assert.That(steps.Current.State, Is.EqualTo(RelayState.Candidate));

        await node.StartAsync().InTime();
        var seen = new List<RelayState>();
        while (seen.LastOrDefault() != RelayState.Reserved && await steps.MoveNextAsync().AsTask().InTime())
            seen.Add(steps.Current.State);
        Assert.That(seen, Is.EqualTo(new[] { RelayState.Reserving, RelayState.Reserved }));

        await node.DisposeAsync();
        while (await steps.MoveNextAsync().AsTask().InTime())
            seen.Add(steps.Current.State);
        Assert.That(seen, Is.EqualTo(new[] { RelayState.Reserving, RelayState.Reserved, RelayState.Candidate }), "and the end, when the node is disposed");
    }

    [Test]
    public async Task Who_does_not_read_holds_up_nobody_and_finds_the_newest()
    {
        using var watchers = new RelayWatchers();
        await using IAsyncEnumerator<KnownRelay> slow = watchers.WatchAsync(() => ([Numbered(-1)], 0), CancellationToken.None).GetAsyncEnumerator();
        await slow.MoveNextAsync();
        for (int i = 0; i <= RelayWatchers.Backlog; i++)
            watchers.Tell(1 + i, Numbered(i));

        await slow.MoveNextAsync();
        Assert.That(slow.Current.Failures, Is.EqualTo(1), "one more than may wait, and the oldest is gone");
        int last = 0;
        watchers.Dispose();
        while (await slow.MoveNextAsync())
            last = slow.Current.Failures;
        Assert.That(last, Is.EqualTo(RelayWatchers.Backlog));
    }

    [Test]
    public async Task What_has_happened_before_reading_began_is_not_told_after_it()
    {
        using var watchers = new RelayWatchers();
        await using IAsyncEnumerator<KnownRelay> steps = watchers.WatchAsync(() => ([Numbered(7)], 7), CancellationToken.None).GetAsyncEnumerator();
        await steps.MoveNextAsync();
        Assert.That(steps.Current.Failures, Is.EqualTo(7));
        watchers.Tell(6, Numbered(6)); // noted before, and told late
        watchers.Tell(7, Numbered(7));
        watchers.Tell(8, Numbered(8));
        await steps.MoveNextAsync();
        Assert.That(steps.Current.Failures, Is.EqualTo(8));
    }

    private static KnownRelay Numbered(int number) => new()
    {
        Relay = Peers.Member,
        Addresses = [],
        Origin = RelayOrigin.Static,
        State = RelayState.Waiting,
        Since = default,
        Failures = number,
    };

    [Test]
    public async Task What_the_client_does_is_measured_without_naming_anybody()
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode closed = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        Config config = CreateConfig(service => service.Disabled = true);
        config.Connection.AutoRelay.StaticRelays = [relay.ListenAddresses[0].ToString(), closed.ListenAddresses[0].ToString()];
        config.Connection.AutoRelay.RetryBackOff = TimeSpan.FromHours(1);
        RelayNode node = Build(config);
        using var metrics = new RecordingMeter(node.Telemetry);
        await node.StartAsync().InTime();
        await HoldsAsync(node, relay);
        await Eventually.TrueAsync(() => metrics["relay.client.requests{result=refused}"] == 1, "the refusal");
        Assert.That((metrics["relay.client.requests{result=granted}"], metrics["relay.client.reservations"], metrics["relay.client.wanted"]), Is.EqualTo((1d, 1d, 2d)));

        await node.Relays.ReserveAsync(relay.ListenAddresses[0]).InTime();
        Assert.That(metrics["relay.client.requests{result=renewed}"], Is.EqualTo(1));
        await relay.StopAsync().InTime();
        await Eventually.TrueAsync(() => metrics["relay.client.losses{reason=connection_lost}"] == 1, "the loss");
        Assert.That(metrics["relay.client.reservations"], Is.Zero);
        Assert.That(metrics.Names, Has.None.Contains("12D3"));
    }

    private sealed class Source(IReadOnlyList<Multiaddress> relays, Func<Exception?>? fail = null) : IRelayCandidateSource
    {
        public bool IsAsked { get; private set; }

        public async IAsyncEnumerable<Multiaddress> FindRelaysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            IsAsked = true;
            if (fail?.Invoke() is { } failure)
                throw failure;
            foreach (Multiaddress relay in relays)
                yield return await ValueTask.FromResult(relay);
        }
    }

    private sealed class PatientSource(Multiaddress first, Task wait, Multiaddress second) : IRelayCandidateSource
    {
        public async IAsyncEnumerable<Multiaddress> FindRelaysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return first;
            await wait.WaitAsync(cancellationToken);
            yield return second;
        }
    }

    private sealed class EndlessSource(Multiaddress relay) : IRelayCandidateSource
    {
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Cancelled => _cancelled.Task;

        public async IAsyncEnumerable<Multiaddress> FindRelaysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return relay;
            try
            {
                await Channel.CreateUnbounded<int>().Reader.ReadAsync(cancellationToken); // nothing more
            }
            catch (OperationCanceledException)
            {
                _cancelled.SetResult();
                throw;
            }
        }
    }
}
