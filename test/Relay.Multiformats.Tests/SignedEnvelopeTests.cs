using System.Text;
using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class SignedEnvelopeTests
{
    private const string Domain = "libp2p-relay-rsvp";

    // Made with @libp2p/peer-record 9.0.16 (js), RecordEnvelope.seal, with the specs' Ed25519 key: domain libp2p-relay-rsvp, type 03 02, "hello envelope".
    private const string JsEnvelope =
        "0a24080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e120203021a0e68656c6c6f20656e76656c6f70652a40649f91ff60e17cf3b80cd9676b874ae84a178d6777ed65b66fb9958de8f05192860e2beea80853cb5b3edcfd2c72dc5d5636a2b70433e2a8e87b82a5c2743d0a";

    // The same, with a secp256k1 key: domain libp2p-testing, type /libp2p/testdata.
    private const string JsSecp256k1Envelope =
        "0a2508021221035dc452936b09c7e8f2910bc1e7b378fed832eb0d5612147e85f5366cbfff78e812102f6c69627032702f74657374646174611a0e68656c6c6f20656e76656c6f70652a473045022100b568cef10b120c2b114124d83e6b6ada4963ddcaca6981f4b1912f635677f63102202d222cd4a42e80ffbd31761ed17cd267c83e26ace2ddc00bc35be0ffccd421cb";

    // The same, of a PeerRecord with two addresses: domain libp2p-peer-record, type 03 01.
    private const string JsPeerRecord =
        "0a24080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e120203011a540a260024080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e1080e2cfaa061a0a0a0804c0000207060fa11a180a16360d72656c61792e6578616d706c650601bbc003dd032a409a74e3fcf246713b67e3e44a4f951b995091f6d65d6a83ef2d450b14a0d7033bfbd035d87025399f370ed7b37a38e2d87df315fe954a5ff10df7e49a4d38e10b";

    private static readonly IdentityKey Key = IdentityKey.FromProtobuf(Convert.FromHexString(KeyVectors.SpecEd25519Private));
    private static readonly byte[] VoucherType = [0x03, 0x02];

    [Test]
    public void Sealing_gives_the_bytes_that_js_gives()
    {
        SignedEnvelope envelope = SignedEnvelope.Seal(Key, Domain, VoucherType, "hello envelope"u8);

        Assert.That(Convert.ToHexStringLower(envelope.ToByteArray()), Is.EqualTo(JsEnvelope));
        Assert.That(envelope.Signer, Is.EqualTo(Key.PublicKey));
    }

    [TestCase(JsEnvelope, Domain, "0302", "hello envelope", KeyType.Ed25519)]
    [TestCase(JsSecp256k1Envelope, "libp2p-testing", "2f6c69627032702f7465737464617461", "hello envelope", KeyType.Secp256k1)]
    public void An_envelope_that_js_sealed_opens(string hex, string domain, string type, string payload, KeyType key)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.That(SignedEnvelope.TryOpen(bytes, domain, Convert.FromHexString(type), out SignedEnvelope? envelope, out string? error), Is.True, error);
        Assert.That(envelope!.Signer.Type, Is.EqualTo(key));
        Assert.That(Convert.ToHexStringLower(envelope.PayloadType.Span), Is.EqualTo(type));
        Assert.That(Encoding.UTF8.GetString(envelope.Payload.Span), Is.EqualTo(payload));
        Assert.That(envelope.ToByteArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void A_peer_record_that_js_sealed_opens()
    {
        Assert.That(SignedEnvelope.TryOpen(Convert.FromHexString(JsPeerRecord), "libp2p-peer-record", [0x03, 0x01], out SignedEnvelope? envelope, out _), Is.True);
        Assert.That(envelope!.Signer.ToPeerId(), Is.EqualTo(Key.PeerId));
        Assert.That(envelope.Payload.Span.IndexOf(Key.PeerId.ToByteArray()), Is.EqualTo(2));
    }

    [Test]
    public void The_signature_covers_domain_type_and_payload_each_after_its_length()
    {
        byte[] payload = new byte[300];
        byte[] envelope = SignedEnvelope.Seal(Key, Domain, VoucherType, payload).ToByteArray();
        byte[] signed = [17, .. "libp2p-relay-rsvp"u8, 2, 0x03, 0x02, 0xac, 0x02, .. payload];

        Assert.That(Key.PublicKey.Verify(signed, envelope.AsSpan(envelope.Length - 64)), Is.True);
    }

    [Test]
    public void An_envelope_opens_for_its_own_domain_only()
    {
        Assert.That(SignedEnvelope.TryOpen(Convert.FromHexString(JsEnvelope), "libp2p-peer-record", VoucherType, out SignedEnvelope? envelope, out string? error), Is.False);
        Assert.That(envelope, Is.Null);
        Assert.That(error, Is.EqualTo("the signature is not good"));
    }

    [Test]
    public void What_moves_from_the_domain_into_the_type_is_noticed()
    {
        byte[] sealedBytes = SignedEnvelope.Seal(Key, "ab", "c"u8, "d"u8).ToByteArray();
        byte[] moved = (byte[])sealedBytes.Clone();
        int type = moved.AsSpan().IndexOf(new byte[] { 0x12, 0x01, (byte)'c' });
        moved = [.. moved[..type], 0x12, 0x02, (byte)'b', (byte)'c', .. moved[(type + 3)..]];

        Assert.That(SignedEnvelope.TryOpen(sealedBytes, "ab", "c"u8, out _, out _), Is.True);
        Assert.That(SignedEnvelope.TryOpen(moved, "a", "bc"u8, out _, out _), Is.False);
    }

    [Test]
    public void An_envelope_opens_for_its_own_payload_type_only()
    {
        Assert.That(SignedEnvelope.TryOpen(Convert.FromHexString(JsEnvelope), Domain, [0x03, 0x01], out _, out string? error), Is.False);
        Assert.That(error, Is.EqualTo("the payload type is not 0301"));
    }

    [Test]
    public void An_envelope_with_any_bit_flipped_does_not_open()
    {
        byte[] bytes = Convert.FromHexString(JsEnvelope);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(SignedEnvelope.TryOpen(changed, Domain, VoucherType, out _, out _), Is.False, $"bit {bit}");
        }
    }

    [Test]
    public void An_envelope_cut_off_anywhere_does_not_open()
    {
        byte[] bytes = Convert.FromHexString(JsEnvelope);
        for (int length = 0; length < bytes.Length; length++)
            Assert.That(SignedEnvelope.TryOpen(bytes.AsSpan(0, length), Domain, VoucherType, out _, out _), Is.False, $"{length} bytes");
    }

    [TestCase("", "the envelope has no public key")]
    [TestCase("ffff", "not a protobuf message")]
    [TestCase("0a00", "the envelope's public key: the key type is missing")]
    [TestCase("0a24080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e12020302", "the signature is not good")]
    [TestCase("0a0608011202aabb12020302", "the envelope's public key: an Ed25519 key has 32 bytes")]
    public void What_is_no_envelope_is_refused_with_the_reason(string hex, string reason)
    {
        Assert.That(SignedEnvelope.TryOpen(Convert.FromHexString(hex), Domain, VoucherType, out _, out string? error), Is.False);
        Assert.That(error, Does.Contain(reason));
    }

    [Test]
    public void A_field_from_the_future_is_overlooked()
    {
        byte[] bytes = [.. Convert.FromHexString(JsEnvelope), 0x32, 0x01, 0xaa];

        Assert.That(SignedEnvelope.TryOpen(bytes, Domain, VoucherType, out SignedEnvelope? envelope, out _), Is.True);
        Assert.That(envelope!.ToByteArray(), Is.EqualTo(bytes), "the bytes as they came");
    }

    [Test]
    public void Type_and_payload_may_be_empty()
    {
        byte[] bytes = SignedEnvelope.Seal(Key, Domain, [], []).ToByteArray();

        Assert.That(SignedEnvelope.TryOpen(bytes, Domain, [], out SignedEnvelope? envelope, out string? error), Is.True, error);
        Assert.That(envelope!.Payload.IsEmpty && envelope.PayloadType.IsEmpty);
    }

    [Test]
    public void An_envelope_has_at_most_64_KiB()
    {
        const int overhead = 38 + 4 + 4 + 66; // key, type, tag and length of the payload, signature
        byte[] largest = SignedEnvelope.Seal(Key, Domain, VoucherType, new byte[SignedEnvelope.MaxLength - overhead]).ToByteArray();

        Assert.That(largest, Has.Length.EqualTo(SignedEnvelope.MaxLength));
        Assert.That(SignedEnvelope.TryOpen(largest, Domain, VoucherType, out _, out _), Is.True);
        Assert.That(SignedEnvelope.TryOpen([.. largest, 0x32, 0x00], Domain, VoucherType, out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("65538 bytes"));
        Assert.That(() => SignedEnvelope.Seal(Key, Domain, VoucherType, new byte[SignedEnvelope.MaxLength - overhead + 1]), Throws.ArgumentException);
    }

    [Test]
    public void A_domain_is_asked_for()
    {
        Assert.That(() => SignedEnvelope.Seal(Key, "", VoucherType, []), Throws.ArgumentException);
        Assert.That(() => SignedEnvelope.TryOpen([], "", VoucherType, out _, out _), Throws.ArgumentException);
        Assert.That(() => SignedEnvelope.Seal(null!, Domain, VoucherType, []), Throws.ArgumentNullException);
    }
}
