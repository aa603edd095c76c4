using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Relay.Multiformats.Crypto;
using Relay.Multiformats.Wire;

namespace Relay.Multiformats;

/// <summary>
/// The public key of a libp2p peer: what its id is derived from and its signatures are verified with (libp2p specs, peer-ids, "Keys").
/// Immutable and thread-safe.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    /// <summary>Longer encodings are refused unread; an RSA key of 8192 bits takes some 1060 bytes.</summary>
    internal const int MaxProtobufLength = 2048;

    private readonly byte[] _data;
    private readonly byte[] _protobuf; // canonical, whatever form the key was read from

    private PublicKey(KeyType type, byte[] data)
    {
        Type = type;
        _data = data;
        _protobuf = ToMessage().ToByteArray();
    }

    /// <summary>The kind of key.</summary>
    public KeyType Type { get; }

    /// <summary>
    /// The key itself, encoded as its kind has it: 32 bytes for Ed25519, a compressed point for secp256k1, DER (PKIX) for RSA and ECDSA.
    /// </summary>
    public ReadOnlyMemory<byte> Data => _data;

    /// <summary>Reads a key from its protobuf form.</summary>
    /// <exception cref="FormatException">The bytes are not a key; the message says what is wrong.</exception>
    public static PublicKey FromProtobuf(ReadOnlySpan<byte> bytes)
        => TryFromProtobuf(bytes, out PublicKey? key, out string? error) ? key : throw new FormatException($"Not a public key: {error}.");

    /// <summary>
    /// Reads a key from its protobuf form. Never throws. The specs ask writers for the canonical form; a reader takes any, as go does:
    /// fields it does not know are dropped, and the key, its id and <see cref="ToProtobuf"/> are the same however it was encoded.
    /// </summary>
    /// <param name="bytes">The bytes; they are copied.</param>
    /// <param name="key">The key, or null.</param>
    /// <param name="error">What is wrong with the bytes, or null.</param>
    public static bool TryFromProtobuf(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out PublicKey? key,
        [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (bytes.Length > MaxProtobufLength)
        {
            error = $"it has {bytes.Length} bytes, more than {MaxProtobufLength}";
            return false;
        }
        PublicKeyMessage message;
        try
        {
            message = PublicKeyMessage.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            error = "it is not a protobuf message";
            return false;
        }
        return TryFromMessage(message, out key, out error);
    }

    /// <summary>The canonical protobuf form: type, then data, each in its shortest encoding. The peer id is derived from it.</summary>
    public byte[] ToProtobuf() => (byte[])_protobuf.Clone();

    /// <summary>
    /// Whether <paramref name="signature"/> is this key's for <paramref name="message"/>. Never throws: a malformed signature is a bad
    /// one.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Type switch
    {
        KeyType.Rsa => Rsa.Verify(_data, message, signature),
        KeyType.Ed25519 => Ed25519.Verify(_data, message, signature),
        KeyType.Secp256k1 => Secp256k1.Verify(_data, message, signature),
        _ => Ecdsa.Verify(_data, message, signature),
    };

    /// <summary>The id of the peer that holds this key.</summary>
    public PeerId ToPeerId() => PeerId.FromCanonicalKey(_protobuf);

    /// <summary>Whether both keys are of the same kind and have the same bytes.</summary>
    public bool Equals(PublicKey? other) => other is not null && _protobuf.AsSpan().SequenceEqual(other._protobuf);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.AddBytes(_protobuf);
        return hash.ToHashCode();
    }

    /// <summary>The kind of key and the id of its peer.</summary>
    public override string ToString() => $"{Type} {ToPeerId()}";

    internal PublicKeyMessage ToMessage() => new() { Type = (KeyTypeCode)Type, Data = UnsafeByteOperations.UnsafeWrap(_data) };

    internal static PublicKey FromEd25519(byte[] data) => new(KeyType.Ed25519, data);

    internal static bool TryFromMessage(
        PublicKeyMessage message,
        [NotNullWhen(true)] out PublicKey? key,
        [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (!message.HasType || !message.HasData)
        {
            error = message.HasType ? "the key data is missing" : "the key type is missing";
            return false;
        }
        ReadOnlySpan<byte> data = message.Data.Span;
        error = message.Type switch
        {
            KeyTypeCode.Rsa => Rsa.Check(data),
            KeyTypeCode.Ed25519 => Ed25519.Check(data),
            KeyTypeCode.Secp256K1 => Secp256k1.Check(data),
            KeyTypeCode.Ecdsa => Ecdsa.Check(data),
            _ => $"key type {(int)message.Type} is not known",
        };
        if (error is null)
            key = new PublicKey((KeyType)message.Type, data.ToArray());
        return key is not null;
    }
}
