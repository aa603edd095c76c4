using System.Numerics;
using Relay.Multiformats.Crypto;
using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests.Crypto;

/// <summary>Both implementations of Ed25519, through the same vectors.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class Ed25519Tests(bool isManaged)
{
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    [OneTimeSetUp]
    public void Require() => Assume.That(isManaged || Libcrypto.IsUsed, Libcrypto.Description);

    [Test]
    public void The_vectors_of_the_RFC_hold([Range(0, 3)] int index)
    {
        var vector = Ed25519Vectors.Rfc8032[index];
        Ed25519Key key = Make(Hex(vector.Seed));

        Assert.That(Convert.ToHexStringLower(key.PublicKey), Is.EqualTo(vector.PublicKey));
        Assert.That(Convert.ToHexStringLower(key.Sign(Hex(vector.Message))), Is.EqualTo(vector.Signature));
        Assert.That(Verify(key.PublicKey, Hex(vector.Message), Hex(vector.Signature)), Is.True);
    }

    [Test]
    public void A_changed_bit_anywhere_is_noticed([Range(0, 3)] int index)
    {
        var vector = Ed25519Vectors.Rfc8032[index];
        byte[] message = Hex(vector.Message);
        for (int bit = 0; bit < 8 * 64; bit++)
        {
            byte[] signature = Hex(vector.Signature);
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(Verify(Hex(vector.PublicKey), message, signature), Is.False, $"bit {bit} of the signature");
        }

        for (int bit = 0; bit < 8 * 32; bit++)
        {
            byte[] publicKey = Hex(vector.PublicKey);
            publicKey[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(Verify(publicKey, message, Hex(vector.Signature)), Is.False, $"bit {bit} of the key");
        }
    }

    [Test]
    public void A_signature_is_not_malleable([Values(1, 2, 8, 15)] int multiple)
    {
        var vector = Ed25519Vectors.Rfc8032[2];
        byte[] signature = Hex(vector.Signature);
        BigInteger s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + multiple * Order; // S + nL is the same number modulo L
        signature.AsSpan(32).Clear();
        s.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true);

        Assert.That(Verify(Hex(vector.PublicKey), Hex(vector.Message), signature), Is.False);
    }

    [TestCaseSource(typeof(Ed25519Vectors), nameof(Ed25519Vectors.NotCanonical))]
    public void A_key_that_is_not_canonical_verifies_nothing(string publicKey)
    {
        // S = 0 and R = the point itself, or the neutral one, is what a key of small order verifies for some messages.
        foreach (string r in Ed25519Vectors.SmallOrder)
        {
            for (byte message = 0; message < 32; message++)
                Assert.That(Verify(Hex(publicKey), [message], [.. Hex(r), .. new byte[32]]), Is.False);
        }
    }

    [TestCaseSource(typeof(Ed25519Vectors), nameof(Ed25519Vectors.SmallOrder))]
    public void A_key_of_small_order_verifies_nothing(string publicKey)
    {
        foreach (string r in Ed25519Vectors.SmallOrder)
        {
            for (byte message = 0; message < 32; message++)
                Assert.That(Verify(Hex(publicKey), [message], [.. Hex(r), .. new byte[32]]), Is.False);
        }
    }

    [Test]
    public void The_equation_holds_exactly_or_not_at_all([Range(0, 9)] int index)
    {
        var vector = Ed25519Vectors.OffBySmallOrder[index];

        Assert.That(Verify(Hex(vector.PublicKey), [0], Hex(vector.Signature)), Is.False);
    }

    [TestCaseSource(typeof(Ed25519Vectors), nameof(Ed25519Vectors.NotCanonical))]
    public void A_commitment_that_is_not_canonical_is_refused(string r)
        => Assert.That(Verify(Hex(Ed25519Vectors.Rfc8032[0].PublicKey), [], [.. Hex(r), .. new byte[32]]), Is.False);

    [Test]
    public void A_message_can_be_empty_or_long([Values(0, 1, 63, 64, 65, 127, 128, 100_000)] int length)
    {
        byte[] message = new byte[length];
        new Random(length).NextBytes(message);
        Ed25519Key key = Make(new byte[32]);

        byte[] signature = key.Sign(message);

        Assert.That(Verify(key.PublicKey, message, signature), Is.True);
        Assert.That(Verify(key.PublicKey, [.. message, 0], signature), Is.False);
    }

    [Test]
    public void Many_threads_sign_with_one_key()
    {
        Ed25519Key key = Make(Hex(Ed25519Vectors.Rfc8032[2].Seed));
        byte[] message = Hex(Ed25519Vectors.Rfc8032[2].Message);
        string[] signatures = new string[256];

        Parallel.For(0, signatures.Length, i => signatures[i] = Convert.ToHexStringLower(key.Sign(message)));

        Assert.That(signatures, Is.All.EqualTo(Ed25519Vectors.Rfc8032[2].Signature));
    }

    private Ed25519Key Make(byte[] seed) => isManaged ? new ManagedEd25519Key(seed) : new LibcryptoEd25519Key(seed);

    private bool Verify(byte[] publicKey, byte[] message, byte[] signature) => isManaged
        ? ManagedEd25519Key.Verify(publicKey, message, signature)
        : LibcryptoEd25519Key.Verify(publicKey, message, signature);

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
