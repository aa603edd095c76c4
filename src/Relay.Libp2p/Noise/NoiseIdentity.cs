using System.Text;
using Google.Protobuf;
using Relay.Libp2p.Noise.Wire;
using Relay.Multiformats;

namespace Relay.Libp2p.Noise;

/// <summary>
/// The static Noise key of a node, and the payload that ties it to the node's identity. Made once: the signature covers the static key alone, so
/// a handshake needs no identity signature of its own. Immutable.
/// </summary>
internal sealed class NoiseIdentity
{
    private const string SignaturePrefix = "noise-libp2p-static-key:";

    public NoiseIdentity(IdentityKey identity, IReadOnlyList<string> muxers)
    {
        Key = X25519Key.Generate();
        PeerId = identity.PeerId;
        Muxers = muxers;
        var payload = new NoiseHandshakePayload
        {
            IdentityKey = ByteString.CopyFrom(identity.PublicKey.ToProtobuf()),
            IdentitySig = ByteString.CopyFrom(identity.Sign(SignedText(Key.PublicKey))),
            Extensions = new NoiseExtensions { StreamMuxers = { muxers } },
        };
        Payload = payload.ToByteArray();
    }

    /// <summary>Whose it is.</summary>
    public PeerId PeerId { get; }

    /// <summary>The static key; lives as long as the node.</summary>
    public X25519Key Key { get; }

    /// <summary>The muxers offered for early negotiation, most wanted first.</summary>
    public IReadOnlyList<string> Muxers { get; }

    /// <summary>The encoded handshake payload.</summary>
    public byte[] Payload { get; }

    /// <summary>Checks what the remote said of itself against the static key it has proven to hold.</summary>
    /// <returns>Its identity key, and the muxers it offers: null when it sent no list.</returns>
    /// <exception cref="HandshakeException">The payload is malformed or its signature is not over this static key.</exception>
    public static (PublicKey Identity, IReadOnlyList<string>? Muxers) Verify(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> remoteStaticKey)
    {
        NoiseHandshakePayload message;
        try
        {
            message = NoiseHandshakePayload.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new HandshakeException("The remote's Noise payload is not a protobuf message.", e);
        }

        if (!Multiformats.PublicKey.TryFromProtobuf(message.IdentityKey.Span, out PublicKey? identity, out string? error))
            throw new HandshakeException($"The remote's identity key is not usable: {error}");
        if (!identity.Verify(SignedText(remoteStaticKey), message.IdentitySig.Span))
            throw new HandshakeException("The remote's identity key has not signed its Noise key.");

        // A protocol id begins with a slash. dotnet-libp2p sent the single entry "na" when it had no list.
        string[] muxers = [.. message.Extensions?.StreamMuxers.Where(static muxer => muxer.StartsWith('/')) ?? []];
        return (identity, muxers.Length > 0 ? muxers : null);
    }

    private static byte[] SignedText(ReadOnlySpan<byte> staticKey) => [.. Encoding.ASCII.GetBytes(SignaturePrefix), .. staticKey];
}
