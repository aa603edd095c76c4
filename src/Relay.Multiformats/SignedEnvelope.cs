using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Relay.Multiformats.Wire;

namespace Relay.Multiformats;

/// <summary>
/// A payload with the signature of a peer over it (libp2p RFC 0002). The signature also covers a domain, which is not in the envelope: an
/// envelope sealed for one purpose does not open for another. Immutable and thread-safe; an instance was sealed here or verified.
/// </summary>
public sealed class SignedEnvelope
{
    /// <summary>Longer envelopes are refused unread.</summary>
    internal const int MaxLength = 64 * 1024;

    private readonly byte[] _encoded;

    private SignedEnvelope(PublicKey signer, byte[] payloadType, byte[] payload, byte[] encoded)
    {
        Signer = signer;
        PayloadType = payloadType;
        Payload = payload;
        _encoded = encoded;
    }

    /// <summary>The key that signed. Whether it is a key to trust is the reader's question.</summary>
    public PublicKey Signer { get; }

    /// <summary>What kind of payload it is: a multicodec number, or a path.</summary>
    public ReadOnlyMemory<byte> PayloadType { get; }

    /// <summary>What was signed.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Signs a payload.</summary>
    /// <param name="signer">The key to sign with.</param>
    /// <param name="domain">The purpose, as the protocol that uses the envelope names it; not empty.</param>
    /// <param name="payloadType">The kind of payload; may be empty.</param>
    /// <param name="payload">The payload; it is copied.</param>
    /// <exception cref="ArgumentException">The domain is empty, or the envelope would have more than 64 KiB.</exception>
    public static SignedEnvelope Seal(IdentityKey signer, string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentException.ThrowIfNullOrEmpty(domain);
        EnvelopeMessage message = new()
        {
            PublicKey = signer.PublicKey.ToMessage(),
            PayloadType = ByteString.CopyFrom(payloadType),
            Payload = ByteString.CopyFrom(payload),
            Signature = UnsafeByteOperations.UnsafeWrap(signer.Sign(SignedBytes(domain, payloadType, payload))),
        };
        if (message.CalculateSize() > MaxLength)
            throw new ArgumentException($"The envelope would have more than {MaxLength} bytes.", nameof(payload));
        return new SignedEnvelope(signer.PublicKey, payloadType.ToArray(), payload.ToArray(), message.ToByteArray());
    }

    /// <summary>Reads an envelope and verifies it. Never throws on any bytes.</summary>
    /// <param name="bytes">The encoded envelope; it is copied.</param>
    /// <param name="domain">The purpose it must have been sealed for; not empty.</param>
    /// <param name="payloadType">The kind of payload it must have.</param>
    /// <param name="envelope">The envelope, or null.</param>
    /// <param name="error">Why not, or null.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> bytes,
        string domain,
        ReadOnlySpan<byte> payloadType,
        [NotNullWhen(true)] out SignedEnvelope? envelope,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentException.ThrowIfNullOrEmpty(domain);
        envelope = null;
        if (bytes.Length > MaxLength)
        {
            error = $"the envelope has {bytes.Length} bytes, more than {MaxLength}";
            return false;
        }
        EnvelopeMessage message;
        try
        {
            message = EnvelopeMessage.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            error = "the envelope is not a protobuf message";
            return false;
        }
        if (message.PublicKey is null)
        {
            error = "the envelope has no public key";
            return false;
        }
        if (!PublicKey.TryFromMessage(message.PublicKey, out PublicKey? signer, out error))
        {
            error = $"the envelope's public key: {error}";
            return false;
        }
        if (!message.PayloadType.Span.SequenceEqual(payloadType))
        {
            error = $"the payload type is not {Convert.ToHexStringLower(payloadType)}";
            return false;
        }
        if (!signer.Verify(SignedBytes(domain, payloadType, message.Payload.Span), message.Signature.Span))
        {
            error = "the signature is not good";
            return false;
        }
        envelope = new SignedEnvelope(signer, payloadType.ToArray(), message.Payload.ToByteArray(), bytes.ToArray());
        return true;
    }

    /// <summary>The encoded envelope, as it was sealed or read.</summary>
    public byte[] ToByteArray() => (byte[])_encoded.Clone();

    /// <summary>What the signature covers: domain, payload type and payload, each after its length as a varint.</summary>
    private static byte[] SignedBytes(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        byte[] name = Encoding.UTF8.GetBytes(domain);
        byte[] bytes = new byte[FieldLength(name.Length) + FieldLength(payloadType.Length) + FieldLength(payload.Length)];
        Span<byte> rest = WriteField(bytes, name);
        rest = WriteField(rest, payloadType);
        WriteField(rest, payload);
        return bytes;
    }

    private static int FieldLength(int length) => Varint.GetLength((ulong)length) + length;

    private static Span<byte> WriteField(Span<byte> destination, ReadOnlySpan<byte> field)
    {
        int prefix = Varint.Write(destination, (ulong)field.Length);
        field.CopyTo(destination[prefix..]);
        return destination[(prefix + field.Length)..];
    }
}
