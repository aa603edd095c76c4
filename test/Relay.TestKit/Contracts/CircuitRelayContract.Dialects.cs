using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

// What a message says does not depend on how it is written: every form that a protobuf library may choose, or a later version may add to.
public abstract partial class CircuitRelayContract
{
    private const int MaxMessage = 4096;

    [TestCase("all of today's implementations", "0800")]
    [TestCase("fields of a later version", "0800" + "320161" + "98017f" + "7a00")]
    [TestCase("unknown fields of four and of eight bytes", "0800" + "3d01020304" + "410102030405060708")]
    [TestCase("an unknown group, with another in it", "0800" + "3b" + "0801" + "120161" + "5b5c" + "3c")]
    [TestCase("the type in needless bytes", "08808000")]
    [TestCase("the type twice: the last one counts", "0801" + "0800")]
    [TestCase("the type at the end", "3203010203" + "0800")]
    [TestCase("everything that belongs into other messages", "12040a02ffff" + "1a020801" + "22020801" + "2864" + "0800")]
    public async Task A_reservation_may_be_asked_for_in_any_form(string form, string hex)
    {
        StartRelay();
        await using IHostStream stream = await OpenHopAsync(await AddPeerAsync());

        await stream.SendAsync(RawMessage.Frame(Convert.FromHexString(hex)));
        await stream.FinishAsync(); // as rust does, which only then looks for the answer

        RawMessage answer = await stream.ReceiveMessageAsync();
        Assert.That((RawHop.StatusOf(answer), answer.Message(3)?.Varint(1) is not null), Is.EqualTo((Status.Ok, true)), form);
        Assert.That(await stream.ReceiveAllAsync(), Is.Empty);
    }

    [TestCase("all of today's implementations")]
    [TestCase("the peer before the type")]
    [TestCase("the addresses before the id")]
    [TestCase("as many addresses as fit into a message")]
    [TestCase("the peer in two parts")]
    [TestCase("the id twice: the last one counts")]
    [TestCase("fields of a later version, in the peer too")]
    [TestCase("everything that belongs into other messages")]
    public async Task A_circuit_may_be_asked_for_in_any_form(string form)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        IRelayHost source = await AddPeerAsync();
        await using IHostStream stream = await OpenHopAsync(source);

        await stream.SendAsync(ConnectIn(form, destination.Host.LocalPeer.ToByteArray()));

        Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()), Is.EqualTo(Status.Ok));
        (RawMessage request, IHostStream stop) = await destination.Stop.NextAsync();
        Assert.That(request.Message(2)!.Bytes(1), Is.EqualTo(source.LocalPeer.ToByteArray()));
        Assert.That(request.Message(2)!.Fields, Is.EqualTo([1]), "none of what the source wrote");
        await stream.SendAsync([1, 2, 3]);
        Assert.That(await stop.ReceiveAsync(3), Is.EqualTo(new byte[] { 1, 2, 3 }), "the circuit begins right behind the message");
        stream.Reset();
    }

    [TestCase("all of today's implementations", "0801" + "2064")]
    [TestCase("the status before the type", "2064" + "0801")]
    [TestCase("fields of a later version", "0801" + "2064" + "320161" + "3b3c" + "3d01020304")]
    [TestCase("the relay's own request sent back with it", "12040a02ffff" + "1a020801" + "0801" + "2064")]
    public async Task A_circuit_may_be_accepted_in_any_form(string form, string hex)
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination =
            await AddDestinationAsync(stop => stop.SendAsync([.. RawMessage.Frame(Convert.FromHexString(hex)), 7, 8, 9]));
        await using IHostStream stream = await OpenHopAsync(await AddPeerAsync());

        await stream.SendAsync(RawHop.Connect(destination.Host.LocalPeer));

        Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()), Is.EqualTo(Status.Ok), form);
        Assert.That(await stream.ReceiveAsync(3), Is.EqualTo(new byte[] { 7, 8, 9 }));
        stream.Reset();
    }

    private static RawMessage ConnectIn(string form, byte[] id)
    {
        byte[] address = [4, 192, 0, 2, 1, 6, 0x0f, 0xa1];
        RawMessage peer = new RawMessage().With(1, id);
        RawMessage plain = new RawMessage().With(1, 1).With(2, peer);
        switch (form)
        {
            case "the peer before the type":
                return new RawMessage().With(2, peer).With(1, 1);
            case "the addresses before the id":
                return new RawMessage().With(1, 1).With(2, new RawMessage().With(2, address).With(2, address).With(1, id));
            case "as many addresses as fit into a message":
                while (plain.ToBytes().Length < MaxMessage - 32)
                    plain = new RawMessage().With(1, 1).With(2, peer.With(2, address));
                plain = plain.With(9, new byte[MaxMessage - plain.ToBytes().Length - 2]);
                Assert.That(plain.ToBytes(), Has.Length.EqualTo(MaxMessage));
                return plain;
            case "the peer in two parts":
                return new RawMessage().With(1, 1).With(2, new RawMessage().With(2, address)).With(2, peer);
            case "the id twice: the last one counts":
                return new RawMessage().With(1, 1).With(2, new RawMessage().With(1, (byte[])[1, 2, 3]).With(1, id));
            case "fields of a later version, in the peer too":
                return new RawMessage().With(77, 5).With(1, 1).With(2, peer.With(3, 9).With(4, address)).With(6, address);
            case "everything that belongs into other messages":
                return plain.With(3, new RawMessage().With(1, 1)).With(4, new RawMessage().With(2, 1)).With(5, 204);
            default:
                return plain;
        }
    }
}
