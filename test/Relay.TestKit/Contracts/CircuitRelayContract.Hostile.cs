using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

// Damaged frames by the hundred and requests by the thousand: each stream ends, nothing throws, and a good client is served meanwhile and afterwards.
public abstract partial class CircuitRelayContract
{
    [Test]
    public async Task Damaged_HOP_frames_end_in_an_answer([Values(21, 22)] int seed)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(stream => stream.FinishAsync());
        IRelayHost client = await AddPeerAsync();
        byte[][] seeds = [RawHop.Reserve().ToFrame(), RawHop.Connect(destination.Host.LocalPeer).ToFrame(), RawHop.Answer(Status.Ok).ToFrame()];

        int sent = 0;
        foreach (byte[] frame in Mutations.Of(seeds, seed, 500))
        {
            await using IHostStream stream = await OpenHopAsync(client);
            await stream.SendAsync(frame);
            await stream.FinishAsync();
            RawMessage answer = await stream.ReceiveMessageAsync();
            Assert.That(Enum.IsDefined(RawHop.StatusOf(answer)));
            Assert.That(await stream.ReceiveAllAsync(), Is.Empty);
            if (++sent % 100 == 0)
                await AssertServesAsync();
        }
    }

    [Test]
    public async Task Damaged_STOP_answers_fail_the_connection_or_open_it()
    {
        StartRelay();
        IEnumerator<byte[]> answers = Mutations.Of([RawStop.Answer(Status.Ok).ToFrame(), RawStop.Answer(Status.ConnectionFailed).ToFrame()], 23, 500).GetEnumerator();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(async stream =>
        {
            await stream.SendAsync(answers.Current);
            await stream.FinishAsync();
        });
        IRelayHost source = await AddPeerAsync();

        HashSet<Status> seen = [];
        while (answers.MoveNext())
        {
            await using IHostStream stream = await OpenHopAsync(source);
            await stream.SendAsync(RawHop.Connect(destination.Host.LocalPeer));
            await stream.FinishAsync();
            seen.Add(RawHop.StatusOf(await stream.ReceiveMessageAsync()));
            await stream.ReceiveAllAsync();
        }

        Assert.That(seen, Is.EquivalentTo(new[] { Status.Ok, Status.ConnectionFailed }));
        await AssertServesAsync();
    }

    [Test]
    public async Task Requests_that_never_end_do_not_keep_others_waiting_and_end_at_their_deadline()
    {
        const int Stalling = 200;
        StartRelay(new CircuitRelayOptions { MaxHopStreamsPerConnection = Stalling });
        IRelayHost hostile = await AddPeerAsync();
        List<IHostStream> streams = [];
        for (int i = 0; i < Stalling; i++)
        {
            streams.Add(await OpenHopAsync(hostile));
            await streams[i].SendAsync((byte[])[0x20, 0x08]);
        }

        await Time.TimerIsArmedAsync(Relay.Options.HopTimeout, Stalling);
        await AssertServesAsync();
        Time.Advance(Relay.Options.HopTimeout);
        foreach (IHostStream stream in streams)
        {
            await stream.ReceiveUntilResetAsync();
            await stream.DisposeAsync();
        }

        await AssertServesAsync();
    }
}
