using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

public abstract partial class CircuitRelayContract
{
    [Test]
    public async Task A_circuit_tells_both_ends_who_and_how_much_and_carries_bytes()
    {
        StartRelay(new CircuitRelayOptions { MaxDuration = TimeSpan.FromMilliseconds(1500), MaxData = 1 << 20 });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost source = await AddPeerAsync();

        RelayedCircuit circuit = await OpenCircuitAsync(source, destination);

        Assert.That(circuit.HopAnswer.Fields, Is.EqualTo([1, 4, 5]));
        Assert.That((circuit.HopAnswer.Message(4)!.Varint(1), circuit.HopAnswer.Message(4)!.Varint(2)), Is.EqualTo(((ulong?)2, (ulong?)(1 << 20))));
        Assert.That(circuit.StopRequest.Fields, Is.EqualTo([1, 2, 3]));
        Assert.That(circuit.StopRequest.Varint(1), Is.Zero, "CONNECT");
        Assert.That(circuit.StopRequest.Message(2)!.Fields, Is.EqualTo([1]), "an id and no addresses");
        Assert.That(circuit.StopRequest.Message(2)!.Bytes(1), Is.EqualTo(source.LocalPeer.ToByteArray()));
        Assert.That(circuit.StopRequest.Bytes(3), Is.EqualTo(circuit.HopAnswer.Bytes(4)));

        byte[] there = new byte[300_000];
        byte[] back = new byte[400_000];
        new Random(1).NextBytes(there);
        new Random(2).NextBytes(back);
        Task sending = Task.WhenAll(circuit.Source.SendAsync(there), circuit.Destination.SendAsync(back));
        Assert.That(await Task.WhenAll(circuit.Destination.ReceiveAsync(there.Length), circuit.Source.ReceiveAsync(back.Length)), Is.EqualTo([there, back]));
        await sending.InTime();

        Assert.That((Relay.Counts.Circuits, Relay.Counts.HopStreams), Is.EqualTo((1, 1)));
        await Eventually.EqualsAsync(0, () => Relay.Counts.RentedBuffers, "the buffers of an idle circuit");
        await CloseAsync(circuit);
        await CircuitsAreAsync(0);
    }

    [Test]
    public async Task Limits_are_the_relays_and_not_what_the_source_asks_for()
    {
        StartRelay(new CircuitRelayOptions { MaxData = 4096, MaxDuration = null });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IHostStream source = await OpenHopAsync(await AddPeerAsync());

        RawMessage limit = new RawMessage().With(1, 7).With(2, 1UL << 40);
        await source.SendAsync(RawHop.Connect(destination.Host.LocalPeer).With(4, limit));

        RawMessage ours = new RawMessage().With(2, 4096);
        Assert.That((await source.ReceiveMessageAsync()).Bytes(4), Is.EqualTo(ours.ToBytes()));
        Assert.That((await destination.Stop.NextAsync()).Request.Bytes(3), Is.EqualTo(ours.ToBytes()));
        source.Reset();
    }

    [Test]
    public async Task OK_comes_before_the_destinations_bytes_and_none_of_them_is_lost()
    {
        StartRelay();
        byte[] greeting = [.. "right behind the status"u8];
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(
            stream => stream.SendAsync([.. RawStop.Answer(Status.Ok).ToFrame(), .. greeting]));

        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);

        Assert.That(await circuit.Source.ReceiveAsync(greeting.Length), Is.EqualTo(greeting));
        await CloseAsync(circuit);
    }

    [Test]
    public async Task Bytes_sent_right_behind_CONNECT_belong_to_the_circuit()
    {
        StartRelay();
        byte[] eager = [.. "before any answer"u8];
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IHostStream source = await OpenHopAsync(await AddPeerAsync());

        await source.SendAsync([.. RawHop.Connect(destination.Host.LocalPeer).ToFrame(), .. eager]);

        Assert.That(RawHop.StatusOf(await source.ReceiveMessageAsync()), Is.EqualTo(Status.Ok));
        Assert.That(await (await destination.Stop.NextAsync()).Stream.ReceiveAsync(eager.Length), Is.EqualTo(eager));
        source.Reset();
    }

    [Test]
    public async Task Connect_without_a_reservation_is_refused()
    {
        StartRelay();
        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), await AddPeerAsync()), Is.EqualTo(Status.NoReservation));
    }

    [Test]
    public async Task A_stranger_does_not_learn_who_holds_a_reservation()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost stranger = await AddPeerAsync();
        Acl.Connect = (source, _) => source != stranger.LocalPeer;

        Assert.That(await ConnectRefusedAsync(stranger, destination.Host), Is.EqualTo(Status.PermissionDenied));
        Assert.That(await ConnectRefusedAsync(stranger, await AddPeerAsync()), Is.EqualTo(Status.PermissionDenied));
    }

    [Test]
    public async Task Circuits_of_a_peer_count_in_both_roles_up_to_the_maximum()
    {
        StartRelay(new CircuitRelayOptions { MaxCircuits = 2 });
        (IRelayHost Host, ScriptedDestination Stop) both = await AddDestinationAsync();
        (IRelayHost Host, ScriptedDestination Stop) other = await AddDestinationAsync();
        IRelayHost third = await AddPeerAsync();
        RelayedCircuit asDestination = await OpenCircuitAsync(third, both);
        RelayedCircuit asSource = await OpenCircuitAsync(both.Host, other);

        Assert.That(await ConnectRefusedAsync(both.Host, other.Host), Is.EqualTo(Status.ResourceLimitExceeded), "as source");
        Assert.That(await ConnectRefusedAsync(third, both.Host), Is.EqualTo(Status.ResourceLimitExceeded), "as destination");

        await CloseAsync(asDestination);
        await CircuitsAreAsync(1);
        await CloseAsync(await OpenCircuitAsync(both.Host, other));
        await CloseAsync(asSource);
    }

    [Test]
    public async Task Circuits_in_total_are_granted_up_to_the_maximum()
    {
        StartRelay(new CircuitRelayOptions { MaxTotalCircuits = 2 });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit first = await OpenCircuitAsync(await AddPeerAsync(), destination);
        await OpenCircuitAsync(await AddPeerAsync(), destination);
        IRelayHost late = await AddPeerAsync();

        Assert.That(await ConnectRefusedAsync(late, destination.Host), Is.EqualTo(Status.ResourceLimitExceeded));

        await CloseAsync(first);
        await CircuitsAreAsync(1);
        await CloseAsync(await OpenCircuitAsync(late, destination));
    }

    [TestCase(Status.ConnectionFailed)]
    [TestCase(Status.PermissionDenied)]
    [TestCase(Status.ResourceLimitExceeded)]
    [TestCase((Status)0)]
    [TestCase((Status)999)]
    public async Task A_destination_that_refuses_is_a_failed_connection(Status answer)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(stream => stream.SendAsync(RawStop.Answer(answer)));

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), destination.Host), Is.EqualTo(Status.ConnectionFailed));
        await CircuitsAreAsync(0);
        await AssertServesAsync();
    }

    [TestCase("00", TestName = "A_destination_that_answers_nothing_at_all_is_a_failed_connection")]
    [TestCase("03ffffff", TestName = "A_destination_that_answers_garbage_is_a_failed_connection")]
    [TestCase("8120", TestName = "A_destination_that_answers_too_long_is_a_failed_connection")]
    [TestCase("0a0801", TestName = "A_destination_that_answers_half_a_message_is_a_failed_connection")]
    [TestCase("020801", TestName = "A_destination_that_answers_without_a_status_is_a_failed_connection")]
    [TestCase("022064", TestName = "A_destination_that_answers_without_a_type_is_a_failed_connection")]
    [TestCase("0408002064", TestName = "A_destination_that_answers_with_CONNECT_is_a_failed_connection")]
    [TestCase("0408022064", TestName = "A_destination_that_answers_with_an_unknown_type_is_a_failed_connection")]
    public async Task A_destination_that_does_not_answer_as_one_is_a_failed_connection(string answer)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(async stream =>
        {
            await stream.SendAsync(Convert.FromHexString(answer));
            await stream.FinishAsync();
        });

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), destination.Host), Is.EqualTo(Status.ConnectionFailed));
    }

    [Test]
    public async Task A_destination_that_hangs_up_is_a_failed_connection([Values] bool resets)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(stream =>
        {
            if (resets)
                stream.Reset();
            return resets ? Task.CompletedTask : stream.FinishAsync();
        });

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), destination.Host), Is.EqualTo(Status.ConnectionFailed));
    }

    [Test]
    public async Task A_destination_that_does_not_speak_STOP_is_a_failed_connection()
    {
        StartRelay();
        IRelayHost destination = await AddPeerAsync();
        await ReserveAsync(destination);

        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), destination), Is.EqualTo(Status.ConnectionFailed));
    }

    [Test]
    public async Task A_destination_that_says_nothing_is_a_failed_connection_when_its_time_is_over()
    {
        StartRelay(new CircuitRelayOptions { StopTimeout = TimeSpan.FromSeconds(50) });
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(_ => Task.CompletedTask);
        Task<Status> refusal = ConnectRefusedAsync(await AddPeerAsync(), destination.Host);
        (_, IHostStream stop) = await destination.Stop.NextAsync();

        await Time.TimerWasArmedAsync(TimeSpan.FromSeconds(50), times: 2); // for writing the request, and now for reading the answer
        Assert.That(Relay.Counts.Circuits, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromSeconds(50));

        Assert.That(await refusal.InTime(), Is.EqualTo(Status.ConnectionFailed));
        Assert.That((await stop.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task A_source_that_leaves_while_the_destination_thinks_holds_no_slot()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(_ => Task.CompletedTask);
        IHostStream source = await OpenHopAsync(await AddPeerAsync());
        await source.SendAsync(RawHop.Connect(destination.Host.LocalPeer));
        (_, IHostStream stop) = await destination.Stop.NextAsync();

        source.Reset();

        Assert.That((await stop.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await CircuitsAreAsync(0);
    }
}
