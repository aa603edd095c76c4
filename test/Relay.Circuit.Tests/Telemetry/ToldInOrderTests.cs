using System.Diagnostics;
using System.Diagnostics.Metrics;
using Relay.Circuit.Host;
using Relay.TestKit;
using Relay.TestKit.Contracts;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests.Telemetry;

/// <summary>When things are told: in their order, once they are known, and not later than they are over.</summary>
[TestFixture]
internal sealed class ToldInOrderTests : InMemoryRelayFixture
{
    [Test]
    public async Task A_reservation_that_ends_as_soon_as_it_is_made_is_told_to_have_been_made_first()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        using RelaySubscription events = Relay.Subscribe();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == Telemetry.Meter && instrument.Name == "relay.decisions")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Relay.Evict(peer.LocalPeer, "at once")); // after the grant, and before it is all told
        listener.Start();
        await ReserveAsync(peer);
        events.Dispose();

        var told = new List<RelayEvent>();
        await foreach (RelayEvent happened in events)
            told.Add(happened);
        Assert.That(told.Select(happened => happened.GetType().Name), Is.EqualTo(["Decided", "ReservationEnded"]));
    }

    [Test]
    public async Task Whoever_follows_the_events_from_many_threads_holds_whom_the_relay_holds()
    {
        StartRelay(new CircuitRelayOptions { MaxReservationsPerIp = 100 });
        InMemoryHost[] peers = [await AddPeerAsync(), await AddPeerAsync()];
        using RelaySubscription events = Relay.Subscribe(1 << 16);
        await Task.WhenAll(peers.Select(peer => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
                await Task.WhenAll(ReserveAsync(peer), Task.Run(() => Relay.Evict(peer.LocalPeer, "again")));
        }))).InTime();
        events.Dispose();

        var held = new HashSet<Multiformats.PeerId>();
        await foreach (RelayEvent happened in events)
        {
            if (happened is RelayEvent.Decided { Decision.IsGranted: true } granted)
                Assert.That(held.Add(granted.Peer), Is.EqualTo(granted.Decision.Reason == ReasonCode.Reserved));
            else if (happened is RelayEvent.ReservationEnded ended)
                Assert.That(held.Remove(ended.Peer), Is.True, "it was told that there was one");
        }

        Assert.That(held, Is.EquivalentTo(Relay.TakeSnapshot().Reservations.Select(row => row.Peer)));
    }

    [Test]
    public async Task An_activity_ends_with_the_answer_however_long_the_peer_keeps_its_stream([Values] bool isReserve, [Values] bool isGranted)
    {
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source == Telemetry.ActivitySource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        InMemoryHost peer = await AddPeerAsync();
        Acl.Reserve = _ => isGranted;
        Acl.Connect = (_, _) => isGranted;
        activities.ActivityStopped = activity => ended.TrySetResult(activity.OperationName);
        ActivitySource.AddActivityListener(activities);

        IHostStream stream = await OpenHopAsync(peer);
        await stream.SendAsync(isReserve ? RawHop.Reserve() : RawHop.Connect(destination.Host.LocalPeer));
        Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()) == Status.Ok, Is.EqualTo(isGranted));
        Assert.That(await ended.Task.InTime(), Is.EqualTo(isReserve ? "relay.reserve" : "relay.connect"));
        stream.Reset();
    }

    [Test]
    public async Task A_circuit_whose_OK_finds_nobody_was_not_granted()
    {
        StartRelay();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (IRelayHost Host, _) = await AddDestinationAsync(async stop =>
        {
            asked.SetResult();
            await left.Task.InTime();
            await stop.SendAsync(RawStop.Answer(Status.Ok));
        });
        using RelaySubscription events = Relay.Subscribe();
        IHostStream source = await OpenHopAsync(await AddPeerAsync());
        await source.SendAsync(RawHop.Connect(Host.LocalPeer));
        await source.SendAsync([1]); // a source that does not wait for its answer is watched no further
        await asked.Task.InTime();
        source.Reset();
        left.SetResult();

        await using IAsyncEnumerator<RelayEvent> reader = events.GetAsyncEnumerator();
        Assert.That(await reader.MoveNextAsync().AsTask().InTime(), Is.True);
        Assert.That(((RelayEvent.Decided)reader.Current).Decision, Is.EqualTo(new Decision(Status.ConnectionFailed, ReasonCode.SourceLeft)));
        await CircuitsAreAsync(0);
    }
}
