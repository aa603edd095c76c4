using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>An identity of any of the four kinds, able to sign: the node itself only signs with Ed25519.</summary>
internal sealed class ScriptedIdentity
{
    private readonly Func<byte[], byte[]> _sign;

    private ScriptedIdentity(KeyType type, byte[] publicKey, Func<byte[], byte[]> sign)
    {
        PublicKey = new RawMessage().With(1, (ulong)type).With(2, publicKey).ToBytes();
        _sign = sign;
    }

    /// <summary>In its protobuf form.</summary>
    public byte[] PublicKey { get; }

    public PeerId PeerId => Multiformats.PublicKey.FromProtobuf(PublicKey).ToPeerId();

    public static ScriptedIdentity Create(KeyType type = KeyType.Ed25519) => type switch
    {
        KeyType.Ed25519 => CreateEd25519(),
        KeyType.Rsa => CreateRsa(),
        KeyType.Ecdsa => CreateEcdsa(),
        _ => CreateSecp256k1(),
    };

    public byte[] Sign(byte[] message) => _sign(message);

    public byte[] SignStaticKey(byte[] staticKey) => Sign([.. Encoding.ASCII.GetBytes("noise-libp2p-static-key:"), .. staticKey]);

    /// <summary>The payload of a Noise handshake message, with a list of muxers or none.</summary>
    public RawMessage NoisePayload(byte[] staticKey, params string[]? muxers)
    {
        RawMessage payload = new RawMessage().With(1, PublicKey).With(2, SignStaticKey(staticKey));
        if (muxers is null)
            return payload;
        var extensions = new RawMessage();
        foreach (string muxer in muxers)
            extensions.With(2, Encoding.UTF8.GetBytes(muxer));
        return payload.With(4, extensions);
    }

    private static ScriptedIdentity CreateEd25519()
    {
        var key = new Ed25519PrivateKeyParameters(RandomNumberGenerator.GetBytes(32), 0);
        return new(KeyType.Ed25519, key.GeneratePublicKey().GetEncoded(), message =>
        {
            var signer = new Ed25519Signer();
            signer.Init(true, key);
            signer.BlockUpdate(message, 0, message.Length);
            return signer.GenerateSignature();
        });
    }

    private static ScriptedIdentity CreateRsa()
    {
        var key = RSA.Create(2048);
        return new(KeyType.Rsa, key.ExportSubjectPublicKeyInfo(), m => key.SignData(m, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static ScriptedIdentity CreateEcdsa()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(KeyType.Ecdsa, key.ExportSubjectPublicKeyInfo(), m => key.SignData(m, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static ScriptedIdentity CreateSecp256k1()
    {
        X9ECParameters curve = CustomNamedCurves.GetByName("secp256k1");
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(new ECDomainParameters(curve), new SecureRandom()));
        var pair = generator.GenerateKeyPair();
        return new(KeyType.Secp256k1, ((ECPublicKeyParameters)pair.Public).Q.GetEncoded(compressed: true), message =>
        {
            var signer = SignerUtilities.GetSigner("SHA-256withECDSA");
            signer.Init(true, pair.Private);
            signer.BlockUpdate(message, 0, message.Length);
            return signer.GenerateSignature();
        });
    }
}
