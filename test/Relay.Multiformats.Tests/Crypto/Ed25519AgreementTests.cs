using Relay.Multiformats.Crypto;
using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests.Crypto;

/// <summary>Where the standard leaves room, both implementations of Ed25519 take it the same way: a peer must not be good on one machine and bad on another.</summary>
internal sealed class Ed25519AgreementTests
{
    [OneTimeSetUp]
    public void Require() => Assume.That(Libcrypto.IsUsed, Libcrypto.Description);

    [Test]
    public void They_agree_on_keys_and_commitments_of_small_order()
    {
        byte[][] points = [.. Ed25519Vectors.SmallOrder.Concat(Ed25519Vectors.NotCanonical).Select(Convert.FromHexString)];
        foreach (byte[] publicKey in points)
        {
            foreach (byte[] r in points)
            {
                for (byte message = 0; message < 8; message++)
                    AssertAgreement(publicKey, [message], [.. r, .. new byte[32]]);
            }
        }
    }

    [Test]
    public void They_agree_on_keys_that_may_be_no_points()
    {
        Random random = new(1);
        byte[] publicKey = new byte[32];
        byte[] signature = new byte[64];
        for (int i = 0; i < 500; i++)
        {
            random.NextBytes(publicKey);
            random.NextBytes(signature);
            signature[63] &= 0x0f;
            AssertAgreement(publicKey, [1, 2, 3], signature);
        }
    }

    [Test]
    public void They_sign_alike()
    {
        Random random = new(2);
        byte[] seed = new byte[32];
        for (int length = 0; length < 200; length++)
        {
            random.NextBytes(seed);
            byte[] message = new byte[length];
            random.NextBytes(message);
            var native = new LibcryptoEd25519Key(seed);
            var managed = new ManagedEd25519Key((byte[])seed.Clone());

            byte[] signature = native.Sign(message);

            Assert.That(managed.PublicKey, Is.EqualTo(native.PublicKey));
            Assert.That(managed.Sign(message), Is.EqualTo(signature));
            Assert.That(AssertAgreement(native.PublicKey, message, signature), Is.True);
        }
    }

    private static bool AssertAgreement(byte[] publicKey, byte[] message, byte[] signature)
    {
        bool isGood = ManagedEd25519Key.Verify(publicKey, message, signature);
        Assert.That(
            LibcryptoEd25519Key.Verify(publicKey, message, signature),
            Is.EqualTo(isGood),
            $"{Convert.ToHexStringLower(publicKey)} {Convert.ToHexStringLower(message)} {Convert.ToHexStringLower(signature)}");
        return isGood;
    }
}
