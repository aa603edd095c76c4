namespace Relay.Multiformats;

/// <summary>
/// How a <see cref="PeerId"/> keeps its multihash. The common forms are a fixed head and 32 bytes that lie in the id itself; one instance
/// of each exists, so that comparing references compares forms. Any other multihash is kept whole in a plain form of its own.
/// </summary>
internal sealed class PeerIdForm
{
    /// <summary>How many bytes of the multihash lie in the id itself, unless the form is plain.</summary>
    public const int TailLength = 32;

    /// <summary>An Ed25519 key, embedded whole (identity multihash).</summary>
    public static readonly PeerIdForm Ed25519 = new([0x00, 0x24, 0x08, 0x01, 0x12, 0x20], tag: 1);

    /// <summary>The SHA-256 of a key.</summary>
    public static readonly PeerIdForm Sha256 = new([0x12, 0x20], tag: 2);

    /// <summary>A secp256k1 key with an even y, embedded whole (identity multihash). The parity byte belongs to the head.</summary>
    public static readonly PeerIdForm Secp256k1Even = new([0x00, 0x25, 0x08, 0x02, 0x12, 0x21, 0x02], tag: 3);

    /// <summary>A secp256k1 key with an odd y, embedded whole (identity multihash).</summary>
    public static readonly PeerIdForm Secp256k1Odd = new([0x00, 0x25, 0x08, 0x02, 0x12, 0x21, 0x03], tag: 4);

    private readonly byte[] _head;

    private PeerIdForm(byte[] head, ulong tag)
    {
        _head = head;
        Tag = tag;
    }

    /// <summary>Whether the head is the whole multihash.</summary>
    public bool IsPlain => Tag == 0;

    /// <summary>A number for the head, for the hash; 0 in a plain form.</summary>
    public ulong Tag { get; }

    /// <summary>The bytes before the tail; in a plain form, all of them.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>The length of the whole multihash.</summary>
    public int ByteLength => IsPlain ? _head.Length : _head.Length + TailLength;

    /// <summary>The form for a multihash that was found to be a peer id's.</summary>
    public static PeerIdForm Of(ReadOnlySpan<byte> multihash)
    {
        if (Ed25519.Fits(multihash))
            return Ed25519;
        if (Sha256.Fits(multihash))
            return Sha256;
        if (Secp256k1Even.Fits(multihash))
            return Secp256k1Even;
        if (Secp256k1Odd.Fits(multihash))
            return Secp256k1Odd;
        return new PeerIdForm(multihash.ToArray(), tag: 0);
    }

    private bool Fits(ReadOnlySpan<byte> multihash) => multihash.Length == ByteLength && multihash.StartsWith(_head);
}
