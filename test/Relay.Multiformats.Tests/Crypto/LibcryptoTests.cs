using System.Security.Cryptography;
using Relay.Multiformats.Crypto;

namespace Relay.Multiformats.Tests.Crypto;

internal sealed class LibcryptoTests
{
    [Test]
    [Platform("Linux")]
    public void On_Linux_it_is_the_one_that_NET_uses()
    {
        Assume.That(Environment.GetEnvironmentVariable(Libcrypto.ManagedVariable), Is.Null);

        Assert.That(Libcrypto.IsUsed, Is.True, Libcrypto.Description);
        Assert.That(Libcrypto.Description, Does.StartWith("libcrypto (OpenSSL "));
    }

    [Test]
    [Platform(Exclude = "Linux")]
    public void Elsewhere_it_is_not_touched()
    {
        Assert.That(Libcrypto.IsUsed, Is.False);
        Assert.That(Libcrypto.Description, Is.EqualTo("managed code (this is not Linux)"));
    }

    [TestCase(true, null, "the switch Relay.UseManagedCurves is on")]
    [TestCase(false, "1", "RELAY_USE_MANAGED_CURVES=1")]
    [TestCase(false, "True", "RELAY_USE_MANAGED_CURVES=True")]
    [TestCase(false, "0", null)]
    [TestCase(false, "", null)]
    [TestCase(false, null, null)]
    public void Managed_code_can_be_asked_for(bool isSwitchOn, string? variable, string? expected)
        => Assert.That(Libcrypto.GetRequest(isSwitchOn, variable), Is.EqualTo(expected));

    [Test]
    public void A_key_that_was_disposed_is_not_used()
    {
        Assume.That(Libcrypto.IsUsed, Libcrypto.Description);
        LibcryptoKey key = LibcryptoKey.FromPrivate(LibcryptoKey.Ed25519, new byte[32]);
        key.Dispose();

        Assert.That(() => key.Sign([1]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(key.ExportPublic, Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(33)]
    public void A_key_of_another_length_is_refused(int length)
    {
        Assume.That(Libcrypto.IsUsed, Libcrypto.Description);

        Assert.That(() => LibcryptoKey.FromPrivate(LibcryptoKey.Ed25519, new byte[length]), Throws.InstanceOf<CryptographicException>());
        Assert.That(() => LibcryptoKey.FromPublic(LibcryptoKey.X25519, new byte[length]), Throws.InstanceOf<CryptographicException>());
    }

    [TestCase(31)]
    [TestCase(33)]
    public void A_secret_is_not_written_where_it_does_not_fit(int length)
    {
        Assume.That(Libcrypto.IsUsed, Libcrypto.Description);
        using LibcryptoKey key = LibcryptoKey.FromPrivate(LibcryptoKey.X25519, new byte[32]);

        Assert.That(() => key.TryAgree(new byte[32], new byte[length]), Throws.ArgumentException);
    }

    [Test]
    public void A_signature_by_the_wrong_kind_of_key_fails()
    {
        Assume.That(Libcrypto.IsUsed, Libcrypto.Description);
        using LibcryptoKey key = LibcryptoKey.FromPrivate(LibcryptoKey.X25519, new byte[32]);

        Assert.That(() => key.Sign([1]), Throws.InstanceOf<CryptographicException>());
        Assert.That(() => key.Verify([1], new byte[64]), Throws.InstanceOf<CryptographicException>());
    }

    [Test]
    public void A_bad_signature_leaves_nothing_behind_that_NET_would_stumble_over()
    {
        Assume.That(Libcrypto.IsUsed, Libcrypto.Description);
        using LibcryptoKey key = LibcryptoKey.FromPrivate(LibcryptoKey.Ed25519, new byte[32]);

        Assert.That(key.Verify([1], new byte[64]), Is.False);
        using var rsa = RSA.Create(2048);
        byte[] message = [1];
        Assert.That(rsa.VerifyData(message, new byte[256], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), Is.False);
        byte[] signature = rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.That(rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), Is.True);
    }
}
