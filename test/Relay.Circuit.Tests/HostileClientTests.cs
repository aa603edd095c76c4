using Relay.Circuit.Host;
using Relay.TestKit.Contracts;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>Damaged frames by the hundred, on the wire: each stream ends, nothing throws, and a good client is served.</summary>
[TestFixture]
internal sealed class HostileClientTests : InMemoryRelayFixture
{
    [Test]
    public async Task Damaged_HOP_frames_end_in_an_answer_or_a_reset([Values(21, 22)] int seed)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync(stream => stream.FinishAsync());
        InMemoryHost client = await AddPeerAsync();
        byte[][] seeds = [RawHop.Reserve().ToFrame(), RawHop.Connect(destination.Host.LocalPeer).ToFrame(), RawHop.Answer(Status.Ok).ToFrame()];

        foreach (byte[] frame in Mutations.Of(seeds, seed, 500))
        {
            await using IHostStream stream = await OpenHopAsync(client);
            await stream.SendAsync(frame);
            await stream.FinishAsync();
            RawMessage answer = await stream.ReceiveMessageAsync();
            Assert.That(Enum.IsDefined(RawHop.StatusOf(answer)));
            Assert.That(await stream.ReceiveAllAsync(), Is.Empty);
        }

        await AssertServesAsync();
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
        InMemoryHost source = await AddPeerAsync();

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
}
