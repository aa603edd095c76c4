using System.Text;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Tests.Scripting;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Noise;

[TestFixture(true)]
[TestFixture(false)]
[CancelAfter(60_000)]
public class NoiseHandshakeTests(bool isInitiator)
{
    private NoiseScript Other(HandshakeUnderTest side, ScriptedIdentity? identity = null) => new(side.Far, !isInitiator, identity);

    [TestCase(KeyType.Ed25519)]
    [TestCase(KeyType.Rsa)]
    [TestCase(KeyType.Ecdsa)]
    [TestCase(KeyType.Secp256k1)]
    public async Task A_remote_with_a_key_of_any_kind_is_known_by_it(KeyType type)
    {
        var remote = ScriptedIdentity.Create(type);
        await using var side = new HandshakeUnderTest(isInitiator, expectedPeer: remote.PeerId);
        await Other(side, remote).RunAsync();
        NoiseSession session = await side.Session.InTime();
        Assert.Multiple(() =>
        {
            Assert.That(session.RemotePeer, Is.EqualTo(remote.PeerId));
            Assert.That(session.RemoteKey.Type, Is.EqualTo(type));
            Assert.That(session.RemoteKey.ToProtobuf(), Is.EqualTo(remote.PublicKey));
            Assert.That(session.Muxer, Is.EqualTo("/yamux/1.0.0"));
        });
    }

    [Test]
    public async Task Its_payload_proves_its_identity_over_its_static_key_and_offers_its_muxers()
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        NoiseScript other = Other(side);
        await other.RunAsync();
        RawMessage payload = RawMessage.Parse(other.RemotePayload);
        byte[] signed = [.. "noise-libp2p-static-key:"u8, .. other.RemoteStaticKey];
        Assert.Multiple(() =>
        {
            Assert.That(payload.Fields, Is.EqualTo(new[] { 1, 2, 4 }));
            Assert.That(other.RemoteStaticKey, Is.EqualTo(side.StaticKey));
            Assert.That(payload.Bytes(1), Is.EqualTo(side.Identity.PublicKey.ToProtobuf()));
            Assert.That(side.Identity.PublicKey.Verify(signed, payload.Bytes(2)), Is.True);
            Assert.That(payload.Message(4)!.Fields, Is.EqualTo(new[] { 2 }));
            Assert.That(payload.Message(4)!.AllBytes(2).Select(Encoding.UTF8.GetString), Is.EqualTo(new[] { "/yamux/1.0.0" }));
        });
    }

    [Test]
    public async Task The_channel_carries_bytes_both_ways()
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        SecuredPeer peer = await Other(side).RunAsync();
        NoiseChannel channel = (await side.Session.InTime()).Channel;
        byte[] bytes = new byte[200_000];
        Random.Shared.NextBytes(bytes);
        await channel.WriteAsync(bytes, CancellationToken.None);
        Assert.That(await peer.ReceiveBytesAsync(bytes.Length), Is.EqualTo(bytes));
        await peer.SendBytesAsync(bytes);
        Assert.That(await new NoiseChannelStream(channel).ReadBytesAsync(bytes.Length), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Somebody_else_than_expected_is_refused()
    {
        await using var side = new HandshakeUnderTest(isInitiator, expectedPeer: IdentityKey.Generate().PeerId);
        NoiseScript other = Other(side);
        Task running = other.RunAsync();
        Assert.That(side.Failure().IsWrongPeer, Is.True);
        if (isInitiator)
            Assert.That(running.IsCompleted, Is.False, "who is not the one looked for is not told who asked");
        await side.Far.DisposeAsync();
        if (isInitiator)
            Assert.CatchAsync<IOException>(() => running.InTime());
        else
            await running.InTime();
    }

    [Test]
    public async Task A_payload_in_another_order_and_with_unknown_fields_is_understood()
    {
        var remote = ScriptedIdentity.Create();
        await using var side = new HandshakeUnderTest(isInitiator);
        NoiseScript other = new(side.Far, !isInitiator, remote)
        {
            Payload = key => new RawMessage()
                .With(4, new RawMessage().With(1, [1, 2, 3]).With(7, 9).With(2, "/yamux/1.0.0"u8.ToArray()))
                .With(99, [1])
                .With(2, remote.SignStaticKey(key))
                .With(1, remote.PublicKey)
                .ToBytes(),
        };
        await other.RunAsync();
        Assert.That((await side.Session.InTime()).RemotePeer, Is.EqualTo(remote.PeerId));
    }

    [Test]
    public async Task Cancelling_ends_it_while_it_waits()
    {
        var side = new HandshakeUnderTest(isInitiator);
        await side.DisposeAsync();
        Assert.CatchAsync<OperationCanceledException>(() => side.Session.InTime());
    }
}
