using System.Text;
using Relay.Libp2p.Identify;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Node;

/// <summary>The signed peer record in identify (RFC 0003), read and verified by hand; dotnet-libp2p can be told to hang up on who sends none.</summary>
[CancelAfter(120_000)]
public class SignedPeerRecordTests
{
    private const int MaxMessage = 4096; // what rust-libp2p reads

    private ManualTimeProvider _time = null!;
    private NodeUnderTest _node = null!;
    private BarePeer _peer = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _time = new ManualTimeProvider();
        _node = await NodeUnderTest.StartAsync(time: _time);
        _peer = await BarePeer.DialAsync(_node.Node);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _peer.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Identify_carries_the_nodes_addresses_signed_by_the_node()
    {
        RawMessage identity = (await IdentifyAsync()).Single();

        (ulong sequence, IReadOnlyList<byte[]> addresses) = Open(identity);
        Assert.That(addresses, Is.EqualTo(identity.AllBytes(2)).And.Not.Empty);
        Assert.That(sequence, Is.EqualTo((ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds * 1_000_000));
    }

    [Test]
    public async Task The_record_stays_while_the_addresses_do()
    {
        byte[]? first = (await IdentifyAsync()).Single().Bytes(8);
        _time.Advance(TimeSpan.FromMinutes(1));
        _node.Node.Handle("/test/1", _ => Task.CompletedTask);

        Assert.That((await IdentifyAsync()).Single().Bytes(8), Is.EqualTo(first).And.Not.Null);
    }

    [Test]
    public async Task Other_addresses_make_a_later_record_even_in_the_same_moment()
    {
        ulong first = Open((await IdentifyAsync()).Single()).Sequence;
        Multiaddress added = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");
        _node.Node.AdvertiseAlso([added]);

        (ulong second, IReadOnlyList<byte[]> addresses) = Open((await IdentifyAsync()).Single());
        Assert.That(second, Is.GreaterThan(first));
        Assert.That(addresses, Does.Contain(added.ToByteArray()));
    }

    [Test]
    public async Task A_record_that_does_not_fit_comes_in_a_message_of_its_own()
    {
        _node.Node.AdvertiseAlso(Addresses(100, nameLength: 20));

        IReadOnlyList<RawMessage> messages = await IdentifyAsync();

        Assert.That(messages, Has.Count.EqualTo(2));
        Assert.That(messages[0].Fields, Has.None.EqualTo(8));
        Assert.That(messages[0].AllBytes(2), Has.Count.EqualTo(101));
        Assert.That(messages[1].Fields, Is.EqualTo(new[] { 8 }), "merged with the first, it changes nothing else");
        Assert.That(Open(new RawMessage().With(1, messages[0].Bytes(1)!).With(8, messages[1].Bytes(8)!)).Addresses, Is.EqualTo(messages[0].AllBytes(2)));
    }

    [TestCase(10_000, 40)]
    [TestCase(100, 60)]
    public async Task The_longest_message_is_one_that_everybody_reads(int count, int nameLength)
    {
        _node.Node.AdvertiseAlso(Addresses(count, nameLength));

        IReadOnlyList<RawMessage> messages = await IdentifyAsync();

        byte[][] told = [.. messages[0].AllBytes(2)];
        Assert.That(messages.Select(message => message.ToBytes().Length), Has.All.LessThanOrEqualTo(MaxMessage));
        Assert.That(messages[0].ToBytes(), Has.Length.GreaterThan(MaxMessage - 256), "as many as fit");
        Assert.That(told, Has.None.EqualTo(_node.Address.WithoutPeerId()!.ToByteArray()), "what only the machine itself reaches is left out first");
        Assert.That(messages[0].AllBytes(3), Has.Count.EqualTo(3), "the protocols are all there");
    }

    [Test]
    public async Task A_node_that_nobody_can_dial_tells_the_ways_by_others_first([Values] bool isPrivate)
    {
        Multiaddress byOther = Addresses(1, nameLength: 9).Single();
        await using var node = new Libp2pNode(new Libp2pOptions { AnnounceAddresses = [Multiaddress.Parse("/ip4/192.0.2.9/tcp/1")] }, IdentityKey.Generate());
        node.AdvertiseAlso([byOther], beforeOwn: isPrivate);
        await node.StartAsync();
        Connection connection = await node.DialAsync(_node.Address).InTime();
        Connection atPeer = null!;
        await Eventually.TrueAsync(
            () => _node.Node.Connections.FirstOrDefault(one => one.RemotePeer == node.PeerId && one.RemoteIdentity is not null) is { } known && (atPeer = known) is not null, "an identity");
        Assert.That(atPeer.RemoteIdentity!.ListenAddresses[isPrivate ? 0 : 1], Is.EqualTo(byOther));
        await connection.CloseAsync().InTime();
    }

    [Test]
    public async Task A_push_carries_it_as_well()
    {
        YamuxStream asked = await _peer.AcceptAsync(IdentifyProtocol.Id);
        await asked.WriteAsync(new RawMessage().With(3, Encoding.UTF8.GetBytes(IdentifyProtocol.PushId)).ToFrame());
        await asked.CloseWriteAsync();
        await Eventually.TrueAsync(() => _node.Node.Connections.Single().RemoteIdentity is not null, "an identity");

        _node.Node.AdvertiseAlso(Addresses(1, nameLength: 9));

        YamuxStream push = await _peer.AcceptAsync(IdentifyProtocol.PushId);
        RawMessage pushed = Split(await push.ReadAllAsync()).Single();
        Assert.That(Open(pushed).Addresses, Is.EqualTo(pushed.AllBytes(2)).And.Count.EqualTo(2));
    }

    private static IReadOnlyList<Multiaddress> Addresses(int count, int nameLength) =>
        [.. Enumerable.Range(0, count).Select(i => Multiaddress.Parse($"/dns4/{new string('a', nameLength)}/tcp/{1 + i}"))];

    private async Task<IReadOnlyList<RawMessage>> IdentifyAsync()
    {
        await using YamuxStream stream = await _peer.OpenAsync(IdentifyProtocol.Id);
        return Split(await stream.ReadAllAsync());
    }

    private static List<RawMessage> Split(byte[] bytes)
    {
        List<RawMessage> messages = [];
        for (int position = 0; position < bytes.Length;)
        {
            int length = bytes[position] & 0x7F;
            if (bytes[position++] >= 0x80)
                length |= bytes[position++] << 7;
            messages.Add(RawMessage.Parse(bytes.AsSpan(position, length)));
            position += length;
        }

        return messages;
    }

    // An envelope: 1 the key, 2 the payload's type, 3 the payload, 5 the signature over domain, type and payload, each behind its length.
    private (ulong Sequence, IReadOnlyList<byte[]> Addresses) Open(RawMessage identity)
    {
        RawMessage envelope = identity.Message(8)!;
        byte[] payload = envelope.Bytes(3)!;
        byte[] signed = [.. RawMessage.Frame("libp2p-peer-record"u8.ToArray()), .. RawMessage.Frame([0x03, 0x01]), .. RawMessage.Frame(payload)];
        PublicKey key = PublicKey.FromProtobuf(envelope.Bytes(1)!);
        Assert.That(envelope.Bytes(1), Is.EqualTo(identity.Bytes(1)));
        Assert.That(envelope.Bytes(2), Is.EqualTo(new byte[] { 0x03, 0x01 }));
        Assert.That(key.Verify(signed, envelope.Bytes(5)), "the signature");

        // A record: 1 the peer, 2 the sequence number, 3 each address, as 1 in a message.
        RawMessage record = RawMessage.Parse(payload);
        Assert.That(record.Bytes(1), Is.EqualTo(_node.Node.PeerId.ToByteArray()));
        return (record.Varint(2)!.Value, [.. record.AllBytes(3).Select(info => RawMessage.Parse(info).Bytes(1)!)]);
    }
}
