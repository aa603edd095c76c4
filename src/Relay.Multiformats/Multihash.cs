using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Relay.Multiformats;

/// <summary>A multihash taken apart: which hash function, and the digest it gave. See https://github.com/multiformats/multihash.</summary>
internal readonly ref struct Multihash
{
    /// <summary>The code of the "hash" that is the data itself.</summary>
    public const ulong Identity = 0x00;

    /// <summary>The code of SHA-256.</summary>
    public const ulong Sha256 = 0x12;

    private Multihash(ulong code, ReadOnlySpan<byte> digest)
    {
        Code = code;
        Digest = digest;
    }

    /// <summary>The multicodec number of the hash function.</summary>
    public ulong Code { get; }

    /// <summary>The digest, a slice of the bytes that were read.</summary>
    public ReadOnlySpan<byte> Digest { get; }

    /// <summary>Takes apart bytes that are one multihash and nothing else. Does not ask whether the hash function is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out Multihash multihash, [NotNullWhen(false)] out string? error)
    {
        multihash = default;
        if (Varint.TryRead(source, out ulong code, out int codeLength) != OperationStatus.Done)
        {
            error = "the multihash has no valid hash code";
            return false;
        }
        if (Varint.TryRead(source[codeLength..], out ulong length, out int lengthLength) != OperationStatus.Done)
        {
            error = "the multihash has no valid digest length";
            return false;
        }
        ReadOnlySpan<byte> digest = source[(codeLength + lengthLength)..];
        if (length != (ulong)digest.Length)
        {
            error = $"the multihash says {length} digest bytes and has {digest.Length}";
            return false;
        }
        multihash = new Multihash(code, digest);
        error = null;
        return true;
    }
}
