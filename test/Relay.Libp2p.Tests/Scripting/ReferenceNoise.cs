using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>
/// Noise_XX_25519_ChaChaPoly_SHA256 written from the Noise specification's formulae for the tests alone. It takes the keys it is given, so that
/// published vectors can be run through it; what the code under test says is then compared with what it says.
/// </summary>
internal sealed class ReferenceNoise
{
    private static readonly string[][] Pattern = [["e"], ["e", "ee", "s", "es"], ["s", "se"]];

    private readonly bool _isInitiator;
    private readonly byte[] _static;
    private readonly byte[] _ephemeral;
    private byte[] _chainingKey;
    private byte[] _remoteStatic = [];
    private byte[] _remoteEphemeral = [];
    private ReferenceCipher? _cipher;
    private int _step;

    public ReferenceNoise(bool isInitiator, byte[]? staticKey = null, byte[]? ephemeralKey = null, byte[]? prologue = null)
    {
        _isInitiator = isInitiator;
        _static = staticKey ?? RandomNumberGenerator.GetBytes(32);
        _ephemeral = ephemeralKey ?? RandomNumberGenerator.GetBytes(32);
        HandshakeHash = _chainingKey = Encoding.ASCII.GetBytes("Noise_XX_25519_ChaChaPoly_SHA256");
        MixHash(prologue ?? []);
    }

    public byte[] HandshakeHash { get; private set; }

    public byte[] StaticPublicKey => PublicKeyOf(_static);

    /// <summary>Known once the message that carries it was read.</summary>
    public byte[] RemoteStaticPublicKey => _remoteStatic;

    public static byte[] PublicKeyOf(byte[] privateKey) => new X25519PrivateKeyParameters(privateKey, 0).GeneratePublicKey().GetEncoded();

    /// <summary>The next message, which must be this side's.</summary>
    public byte[] Write(byte[] payload)
    {
        List<byte> message = [];
        foreach (string token in Pattern[_step++])
        {
            if (token == "e")
            {
                message.AddRange(PublicKeyOf(_ephemeral));
                MixHash(PublicKeyOf(_ephemeral));
            }
            else if (token == "s")
            {
                message.AddRange(EncryptAndHash(StaticPublicKey));
            }
            else
            {
                MixKey(token);
            }
        }

        message.AddRange(EncryptAndHash(payload));
        return [.. message];
    }

    /// <summary>Reads the next message, which must be the other side's, and gives its payload.</summary>
    public byte[] Read(byte[] message)
    {
        foreach (string token in Pattern[_step++])
        {
            if (token == "e")
            {
                _remoteEphemeral = Take(ref message, 32);
                MixHash(_remoteEphemeral);
            }
            else if (token == "s")
            {
                _remoteStatic = DecryptAndHash(Take(ref message, 48));
            }
            else
            {
                MixKey(token);
            }
        }

        return DecryptAndHash(message);
    }

    /// <summary>The keys of the transport, this side's sending one first.</summary>
    public (byte[] Sending, byte[] Receiving) Split()
    {
        (byte[] initiator, byte[] responder) = Hkdf([]);
        return _isInitiator ? (initiator, responder) : (responder, initiator);
    }

    private static byte[] Take(ref byte[] message, int count)
    {
        byte[] taken = message[..count];
        message = message[count..];
        return taken;
    }

    // The first letter says whose key of the initiator's, the second whose of the responder's.
    private void MixKey(string token)
    {
        (char own, char remote) = _isInitiator ? (token[0], token[1]) : (token[1], token[0]);
        byte[] secret = new byte[32];
        new X25519PrivateKeyParameters(own == 'e' ? _ephemeral : _static, 0)
            .GenerateSecret(new X25519PublicKeyParameters(remote == 'e' ? _remoteEphemeral : _remoteStatic, 0), secret, 0);
        (_chainingKey, byte[] key) = Hkdf(secret);
        _cipher = new ReferenceCipher(key);
    }

    private void MixHash(byte[] data) => HandshakeHash = SHA256.HashData([.. HandshakeHash, .. data]);

    private byte[] EncryptAndHash(byte[] plaintext)
    {
        byte[] text = _cipher?.Seal(HandshakeHash, plaintext) ?? plaintext;
        MixHash(text);
        return text;
    }

    private byte[] DecryptAndHash(byte[] text)
    {
        byte[] plaintext = _cipher?.Open(HandshakeHash, text) ?? text;
        MixHash(text);
        return plaintext;
    }

    private (byte[] First, byte[] Second) Hkdf(byte[] inputKeyMaterial)
    {
        var hkdf = new HkdfBytesGenerator(new Sha256Digest());
        hkdf.Init(new HkdfParameters(inputKeyMaterial, _chainingKey, []));
        byte[] output = new byte[64];
        hkdf.GenerateBytes(output, 0, output.Length);
        return (output[..32], output[32..]);
    }
}
