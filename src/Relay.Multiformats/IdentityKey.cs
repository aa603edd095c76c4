using System.Security.Cryptography;
using Google.Protobuf;
using Relay.Multiformats.Crypto;
using Relay.Multiformats.Wire;

namespace Relay.Multiformats;

/// <summary>
/// The private key that a node is known by: Ed25519, stored in libp2p's protobuf form (libp2p specs, peer-ids, "Keys"). Immutable and
/// thread-safe.
/// </summary>
public sealed partial class IdentityKey
{
    private readonly byte[] _seed;
    private readonly Ed25519Key _key;

    private IdentityKey(byte[] seed)
    {
        _seed = seed;
        _key = Ed25519Key.FromSeed(seed);
        PublicKey = PublicKey.FromEd25519(_key.PublicKey);
        PeerId = PublicKey.ToPeerId();
    }

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The id of the node that holds this key.</summary>
    public PeerId PeerId { get; }

    /// <summary>A new key from the system's random generator.</summary>
    public static IdentityKey Generate() => new(RandomNumberGenerator.GetBytes(Ed25519.SeedLength));

    /// <summary>The key of a given seed.</summary>
    /// <param name="seed">The 32 bytes that RFC 8032 calls the private key; they are copied.</param>
    /// <exception cref="ArgumentException">The seed has not 32 bytes.</exception>
    public static IdentityKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519.SeedLength)
            throw new ArgumentException($"An Ed25519 seed has {Ed25519.SeedLength} bytes, not {seed.Length}.", nameof(seed));
        return new IdentityKey(seed.ToArray());
    }

    /// <summary>Reads a key from its protobuf form: seed and public key, or the older form that has the public key twice.</summary>
    /// <exception cref="FormatException">
    /// The bytes are not an Ed25519 private key; the message says what is wrong, and shows none of them.
    /// </exception>
    public static IdentityKey FromProtobuf(ReadOnlySpan<byte> bytes)
    {
        PrivateKeyMessage message;
        try
        {
            message = PrivateKeyMessage.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new FormatException("Not a libp2p private key: it is not a protobuf message.");
        }
        if (!message.HasType || !message.HasData)
            throw new FormatException("Not a libp2p private key: the key type or the key data is missing.");
        if (message.Type != KeyTypeCode.Ed25519)
            throw new FormatException($"The private key is of type {(KeyType)message.Type}; an identity key is Ed25519.");
        return FromKeyData(message.Data.Span);
    }

    /// <summary>The key in libp2p's protobuf form, private part included.</summary>
    public byte[] ToProtobuf()
    {
        byte[] data = [.. _seed, .. _key.PublicKey];
        return new PrivateKeyMessage { Type = KeyTypeCode.Ed25519, Data = UnsafeByteOperations.UnsafeWrap(data) }.ToByteArray();
    }

    /// <summary>Signs a message.</summary>
    /// <returns>The 64 bytes of the signature.</returns>
    public byte[] Sign(ReadOnlySpan<byte> message) => _key.Sign(message);

    /// <summary>The kind of key and the id; nothing private.</summary>
    public override string ToString() => $"Ed25519 {PeerId}";

    private static IdentityKey FromKeyData(ReadOnlySpan<byte> data)
    {
        const int seed = Ed25519.SeedLength;
        const int pair = seed + Ed25519.PublicKeyLength;
        const int legacy = pair + Ed25519.PublicKeyLength;
        if (data.Length != pair && data.Length != legacy)
            throw new FormatException($"An Ed25519 private key has {pair} bytes (or {legacy} in the older form), not {data.Length}.");
        IdentityKey key = FromSeed(data[..seed]);
        byte[] publicKey = key._key.PublicKey;
        if (!data[seed..pair].SequenceEqual(publicKey) || !data[^Ed25519.PublicKeyLength..].SequenceEqual(publicKey))
            throw new FormatException("The private key's public half does not belong to it.");
        return key;
    }
}
