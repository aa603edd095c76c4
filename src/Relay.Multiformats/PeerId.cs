using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Relay.Multiformats;

/// <summary>
/// The name of a libp2p peer: the multihash of its public key (libp2p specs, peer-ids). Immutable and thread-safe; equal ids have equal
/// bytes. Comparing and hashing allocate nothing, so that an id is a good key for tables that are asked at every request.
/// </summary>
public sealed partial class PeerId : IEquatable<PeerId>, IComparable<PeerId>
{
    /// <summary>The longest key, in its protobuf form, that an id embeds whole; a longer one is hashed.</summary>
    private const int MaxEmbeddedKeyLength = 42;

    /// <summary>The length in bytes of the longest peer id.</summary>
    internal const int MaxByteLength = 2 + MaxEmbeddedKeyLength;

    private readonly PeerIdForm _form; // with the four words, all there is of the id
    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;
    private readonly ulong _hash; // over everything above, seeded; made once because lookups ask for it each time

    private PeerId(ReadOnlySpan<byte> multihash)
    {
        _form = PeerIdForm.Of(multihash);
        if (_form.IsPlain)
        {
            _hash = PeerIdHash.Of(multihash);
            return;
        }
        ReadOnlySpan<byte> tail = multihash[^PeerIdForm.TailLength..];
        _word0 = BinaryPrimitives.ReadUInt64LittleEndian(tail);
        _word1 = BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]);
        _word2 = BinaryPrimitives.ReadUInt64LittleEndian(tail[16..]);
        _word3 = BinaryPrimitives.ReadUInt64LittleEndian(tail[24..]);
        _hash = PeerIdHash.Of(_form.Tag, _word0, _word1, _word2, _word3);
    }

    /// <summary>How many bytes the id has: 34 to 39 for the kinds of keys in use, never more than 44.</summary>
    public int ByteLength => _form.ByteLength;

    /// <summary>The id of the peer that holds <paramref name="key"/>.</summary>
    public static PeerId FromPublicKey(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.ToPeerId();
    }

    /// <summary>Reads an id from its bytes, a multihash.</summary>
    /// <exception cref="FormatException">The bytes are not a peer id; the message says what is wrong.</exception>
    public static PeerId FromBytes(ReadOnlySpan<byte> multihash)
        => TryFromBytes(multihash, out PeerId? id, out string? error) ? id : throw new FormatException($"Not a peer id: {error}.");

    /// <inheritdoc cref="TryFromBytes(ReadOnlySpan{byte}, out PeerId?, out string?)"/>
    public static bool TryFromBytes(ReadOnlySpan<byte> multihash, [NotNullWhen(true)] out PeerId? id)
        => TryFromBytes(multihash, out id, out _);

    /// <summary>
    /// Reads an id from its bytes. An id is an identity multihash of 1 to 42 bytes or a SHA-256 multihash of 32 bytes, with nothing after
    /// it. Never throws.
    /// </summary>
    /// <param name="multihash">The bytes; they are copied.</param>
    /// <param name="id">The id, or null.</param>
    /// <param name="error">What is wrong with the bytes, or null.</param>
    public static bool TryFromBytes(
        ReadOnlySpan<byte> multihash,
        [NotNullWhen(true)] out PeerId? id,
        [NotNullWhen(false)] out string? error)
    {
        id = null;
        if (!Multihash.TryRead(multihash, out Multihash hash, out error))
            return false;
        error = hash.Code switch
        {
            Multihash.Sha256 when hash.Digest.Length == 32 => null,
            Multihash.Sha256 => $"a SHA-256 digest has 32 bytes, not {hash.Digest.Length}",
            Multihash.Identity when hash.Digest.Length is > 0 and <= MaxEmbeddedKeyLength => null,
            Multihash.Identity => $"an embedded key has 1 to {MaxEmbeddedKeyLength} bytes, not {hash.Digest.Length}",
            _ => $"hash code 0x{hash.Code:x} is neither identity (0x0) nor SHA-256 (0x12)",
        };
        if (error is not null)
            return false;
        id = new PeerId(multihash);
        return true;
    }

    /// <summary>Writes the id's bytes, a multihash, at the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="ByteLength"/>.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < ByteLength)
            throw new ArgumentException($"The id has {ByteLength} bytes, the destination {destination.Length}.", nameof(destination));
        _form.Head.CopyTo(destination);
        if (_form.IsPlain)
            return;
        Span<byte> tail = destination.Slice(_form.Head.Length, PeerIdForm.TailLength);
        BinaryPrimitives.WriteUInt64LittleEndian(tail, _word0);
        BinaryPrimitives.WriteUInt64LittleEndian(tail[8..], _word1);
        BinaryPrimitives.WriteUInt64LittleEndian(tail[16..], _word2);
        BinaryPrimitives.WriteUInt64LittleEndian(tail[24..], _word3);
    }

    /// <summary>The id's bytes, a multihash, in an array of their own.</summary>
    public byte[] ToByteArray()
    {
        byte[] bytes = new byte[ByteLength];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>
    /// The public key, when the id embeds it (Ed25519 and secp256k1). False when the id is a digest, and when what it embeds is no key or
    /// is one that has another id, which happens only to ids that somebody made up.
    /// </summary>
    public bool TryGetPublicKey([NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        if (_form == PeerIdForm.Sha256)
            return false;
        Span<byte> bytes = stackalloc byte[ByteLength];
        CopyTo(bytes);
        if (PublicKey.TryFromProtobuf(bytes[2..], out PublicKey? embedded, out _) && embedded.ToPeerId() == this)
            key = embedded;
        return key is not null;
    }

    /// <summary>Whether both ids have the same bytes.</summary>
    public bool Equals(PeerId? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        return other is not null
            && _hash == other._hash
            && _word0 == other._word0
            && _word1 == other._word1
            && _word2 == other._word2
            && _word3 == other._word3
            && (_form == other._form || (_form.IsPlain && other._form.IsPlain && _form.Head.SequenceEqual(other._form.Head)));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PeerId);

    /// <summary>The cached hash. It differs from one process to the next.</summary>
    public override int GetHashCode() => (int)(_hash ^ (_hash >> 32));

    /// <summary>Orders ids by their bytes. Null comes first.</summary>
    public int CompareTo(PeerId? other)
    {
        if (other is null)
            return 1;
        Span<byte> left = stackalloc byte[ByteLength];
        Span<byte> right = stackalloc byte[other.ByteLength];
        CopyTo(left);
        other.CopyTo(right);
        return left.SequenceCompareTo(right);
    }

    /// <summary>Whether both ids have the same bytes, or both are null.</summary>
    public static bool operator ==(PeerId? left, PeerId? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the ids differ.</summary>
    public static bool operator !=(PeerId? left, PeerId? right) => !(left == right);

    /// <summary>The id of the key whose canonical protobuf form this is.</summary>
    internal static PeerId FromCanonicalKey(ReadOnlySpan<byte> protobuf)
    {
        Span<byte> multihash = stackalloc byte[MaxByteLength];
        if (protobuf.Length <= MaxEmbeddedKeyLength)
        {
            multihash[0] = (byte)Multihash.Identity;
            multihash[1] = (byte)protobuf.Length;
            protobuf.CopyTo(multihash[2..]);
            return new PeerId(multihash[..(2 + protobuf.Length)]);
        }
        multihash[0] = (byte)Multihash.Sha256;
        multihash[1] = SHA256.HashSizeInBytes;
        SHA256.HashData(protobuf, multihash[2..]);
        return new PeerId(multihash[..(2 + SHA256.HashSizeInBytes)]);
    }
}
