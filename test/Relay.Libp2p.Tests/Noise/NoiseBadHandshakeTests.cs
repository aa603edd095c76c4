using System.Security.Cryptography;
using Relay.Libp2p.Tests.Scripting;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Noise;

/// <summary>Handshakes that must fail, each as a HandshakeException and with nothing left behind.</summary>
[TestFixture(true)]
[TestFixture(false)]
[CancelAfter(60_000)]
public class NoiseBadHandshakeTests(bool isInitiator)
{
    private static readonly string[] SmallOrderPoints =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    private int SpoiledMessage => isInitiator ? 2 : 3; // the one of the other side that is sealed

    private async Task<string> FailAsync(Func<HandshakeUnderTest, NoiseScript> script)
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        Task playing = script(side).RunAsync();
        HandshakeException failure = side.Failure();
        await side.Far.DisposeAsync();
        await playing.ContinueWith(t => t.Exception).InTime();
        return failure.Message;
    }

    private Task<string> FailByPayloadAsync(ScriptedIdentity identity, Func<byte[], byte[]> payload) =>
        FailAsync(side => new NoiseScript(side.Far, !isInitiator, identity) { Payload = payload });

    private Task<string> FailByWireAsync(Func<byte[], byte[]> spoil, int? number = null) => FailAsync(side =>
        new NoiseScript(side.Far, !isInitiator) { Spoil = (n, wire) => n == (number ?? SpoiledMessage) ? spoil(wire) : wire });

    [Test]
    public async Task A_flipped_bit_anywhere_in_a_message()
    {
        int length = 0;
        await FailByWireAsync(wire =>
        {
            length = wire.Length - 2;
            wire[^1] ^= 1;
            return wire;
        });
        for (int i = 0; i < length; i += 13)
        {
            await FailByWireAsync(wire =>
            {
                wire[2 + i] ^= 0x40;
                return wire;
            });
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(63)]
    [TestCase(95)]
    public async Task A_message_too_short_for_what_it_must_hold(int length)
    {
        string message = await FailByWireAsync(wire => NoiseScript.Frame(wire[2..(2 + Math.Min(length, isInitiator ? 95 : 63))]));
        Assert.That(message, Does.Contain("is the least"));
    }

    [Test]
    public async Task A_message_cut_short() =>
        Assert.That(await FailByWireAsync(wire => NoiseScript.Frame(wire[2..^1])), Does.Contain("does not decrypt"));

    [Test]
    public async Task A_message_with_a_tail() =>
        Assert.That(await FailByWireAsync(wire => NoiseScript.Frame([.. wire[2..], 0])), Does.Contain("does not decrypt"));

    [Test]
    public async Task A_message_of_the_greatest_length_full_of_garbage() =>
        Assert.That(await FailByWireAsync(_ => NoiseScript.Frame(RandomNumberGenerator.GetBytes(65535))), Does.Contain("Noise"));

    [Test]
    public async Task The_end_of_the_connection_within_a_message()
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        await side.Far.WriteAsync(new byte[] { 0, 200, 1, 2, 3 });
        await side.Far.CloseWriteAsync();
        Assert.That(side.Failure().Message, Does.Contain("closed the connection"));
    }

    [Test]
    public async Task The_end_of_the_connection_instead_of_a_message()
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        await side.Far.CloseWriteAsync();
        Assert.That(side.Failure().Message, Does.Contain("closed the connection"));
    }

    [Test]
    public async Task A_replayed_message()
    {
        // Recorded from a handshake with the same node that went well.
        byte[] recorded = [];
        await using (var first = new HandshakeUnderTest(isInitiator))
        {
            await new NoiseScript(first.Far, !isInitiator) { Spoil = (n, wire) => n == SpoiledMessage ? recorded = wire : wire }.RunAsync();
            await first.Session.InTime();
        }

        Assert.That(await FailByWireAsync(_ => recorded), Does.Contain("does not decrypt"));
    }

    [Test]
    public async Task A_signature_by_another_key()
    {
        var (shown, used) = (ScriptedIdentity.Create(), ScriptedIdentity.Create());
        Assert.That(
            await FailByPayloadAsync(shown, key => new RawMessage().With(1, shown.PublicKey).With(2, used.SignStaticKey(key)).ToBytes()),
            Does.Contain("has not signed"));
    }

    [TestCase(KeyType.Ed25519)]
    [TestCase(KeyType.Rsa)]
    [TestCase(KeyType.Ecdsa)]
    [TestCase(KeyType.Secp256k1)]
    public async Task A_signature_over_another_static_key(KeyType type)
    {
        var identity = ScriptedIdentity.Create(type);
        Assert.That(await FailByPayloadAsync(identity, _ => identity.NoisePayload(new byte[32], "/yamux/1.0.0").ToBytes()), Does.Contain("has not signed"));
    }

    [Test]
    public async Task A_signature_over_the_bare_static_key()
    {
        var identity = ScriptedIdentity.Create();
        Assert.That(
            await FailByPayloadAsync(identity, key => new RawMessage().With(1, identity.PublicKey).With(2, identity.Sign(key)).ToBytes()),
            Does.Contain("has not signed"));
    }

    [Test]
    public async Task A_payload_without_signature_key_or_form()
    {
        var identity = ScriptedIdentity.Create();
        Assert.That(await FailByPayloadAsync(identity, _ => new RawMessage().With(1, identity.PublicKey).ToBytes()), Does.Contain("has not signed"));
        Assert.That(await FailByPayloadAsync(identity, k => new RawMessage().With(2, identity.SignStaticKey(k)).ToBytes()), Does.Contain("not usable"));
        Assert.That(await FailByPayloadAsync(identity, _ => []), Does.Contain("not usable"));
        Assert.That(await FailByPayloadAsync(identity, _ => [0xFF, 0xFF, 0xFF]), Does.Contain("not a protobuf message"));
        Assert.That(await FailByPayloadAsync(identity, _ => new RawMessage().With(1, new byte[5000]).ToBytes()), Does.Contain("not usable"));
        Assert.That(
            await FailByPayloadAsync(identity, k => new RawMessage().With(1, new RawMessage().With(1, 9).With(2, new byte[32])).With(2, identity.SignStaticKey(k)).ToBytes()),
            Does.Contain("not usable"));
    }

    [TestCaseSource(nameof(SmallOrderPoints))]
    public async Task An_ephemeral_key_of_small_order(string point)
    {
        byte[] key = Convert.FromHexString(point);
        string message = await FailByWireAsync(
            wire =>
            {
                key.CopyTo(wire, 2);
                return wire;
            },
            number: isInitiator ? 2 : 1);
        Assert.That(message, Does.Contain("small order"));
    }
}
