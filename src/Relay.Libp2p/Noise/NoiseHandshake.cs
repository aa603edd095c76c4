using System.Buffers.Binary;
using Relay.Multiformats;

namespace Relay.Libp2p.Noise;

/// <summary>
/// The Noise XX handshake of libp2p (noise spec, revision 5). Each message is <c>uint16 length, big endian ‖ message</c>:
/// <code>
///   -> e
///   &lt;- e, ee, s, es   payload: identity key, signature of the static key, extensions
///   -> s, se           payload: the same of the initiator
/// </code>
/// </summary>
internal sealed class NoiseHandshake : IDisposable
{
    private const int KeyLength = X25519Key.Length;
    private const int SealedKeyLength = KeyLength + CipherState.TagLength;

    private readonly Stream _stream;
    private readonly NoiseIdentity _identity;
    private readonly SymmetricState _state = new();
    private readonly X25519Key _ephemeral = X25519Key.Generate();

    private NoiseHandshake(Stream stream, NoiseIdentity identity)
    {
        _stream = stream;
        _identity = identity;
        _state.MixHash([]); // the prologue is empty
    }

    /// <summary>Runs the initiator's side.</summary>
    /// <param name="expectedPeer">Who must be at the other end; null takes anybody.</param>
    /// <exception cref="HandshakeException">The remote broke the protocol or is somebody else.</exception>
    public static async Task<NoiseSession> InitiateAsync(
        Stream stream, NoiseIdentity identity, PeerId? expectedPeer, BufferPool pool, CancellationToken cancellationToken)
    {
        using var handshake = new NoiseHandshake(stream, identity);
        return await handshake.InitiateAsync(expectedPeer, pool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the responder's side.</summary>
    /// <param name="expectedPeer">Who must be at the other end; null takes anybody.</param>
    /// <exception cref="HandshakeException">The remote broke the protocol or is somebody else.</exception>
    public static async Task<NoiseSession> RespondAsync(
        Stream stream, NoiseIdentity identity, PeerId? expectedPeer, BufferPool pool, CancellationToken cancellationToken)
    {
        using var handshake = new NoiseHandshake(stream, identity);
        return await handshake.RespondAsync(expectedPeer, pool, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _ephemeral.Dispose();
        _state.Dispose();
    }

    private async Task<NoiseSession> InitiateAsync(PeerId? expectedPeer, BufferPool pool, CancellationToken cancellationToken)
    {
        // -> e
        _state.MixHash(_ephemeral.PublicKey);
        _state.MixHash([]); // the empty payload
        await WriteAsync(_ephemeral.PublicKey, cancellationToken).ConfigureAwait(false);

        // <- e, ee, s, es
        byte[] reply = await ReadAsync(KeyLength + SealedKeyLength + CipherState.TagLength, cancellationToken).ConfigureAwait(false);
        byte[] remoteEphemeral = reply[..KeyLength];
        _state.MixHash(remoteEphemeral);
        MixAgreement(_ephemeral, remoteEphemeral);
        byte[] remoteStatic = OpenStaticKey(reply.AsSpan(KeyLength, SealedKeyLength));
        MixAgreement(_ephemeral, remoteStatic);
        var remote = OpenPayload(reply.AsSpan(KeyLength + SealedKeyLength), remoteStatic);
        PeerId remotePeer = GetPeer(remote.Identity, expectedPeer); // before this side says who it is

        // -> s, se
        byte[] message = new byte[SealedKeyLength + _identity.Payload.Length + CipherState.TagLength];
        SealStaticKey(message.AsSpan(0, SealedKeyLength));
        MixAgreement(_identity.Key, remoteEphemeral);
        SealPayload(message.AsSpan(SealedKeyLength));
        await WriteAsync(message, cancellationToken).ConfigureAwait(false);

        var (sending, receiving) = _state.Split();
        return Finish(remote, remotePeer, isInitiator: true, new NoiseChannel(_stream, sending, receiving, pool));
    }

    private async Task<NoiseSession> RespondAsync(PeerId? expectedPeer, BufferPool pool, CancellationToken cancellationToken)
    {
        // <- e; what an initiator may append to it is not encrypted and has no meaning in libp2p, but is part of the transcript
        byte[] first = await ReadAsync(KeyLength, cancellationToken).ConfigureAwait(false);
        byte[] remoteEphemeral = first[..KeyLength];
        _state.MixHash(remoteEphemeral);
        _state.MixHash(first.AsSpan(KeyLength));

        // -> e, ee, s, es
        byte[] message = new byte[KeyLength + SealedKeyLength + _identity.Payload.Length + CipherState.TagLength];
        _ephemeral.PublicKey.CopyTo(message, 0);
        _state.MixHash(_ephemeral.PublicKey);
        MixAgreement(_ephemeral, remoteEphemeral);
        SealStaticKey(message.AsSpan(KeyLength, SealedKeyLength));
        MixAgreement(_identity.Key, remoteEphemeral);
        SealPayload(message.AsSpan(KeyLength + SealedKeyLength));
        await WriteAsync(message, cancellationToken).ConfigureAwait(false);

        // <- s, se
        byte[] last = await ReadAsync(SealedKeyLength + CipherState.TagLength, cancellationToken).ConfigureAwait(false);
        byte[] remoteStatic = OpenStaticKey(last.AsSpan(0, SealedKeyLength));
        MixAgreement(_ephemeral, remoteStatic);
        var remote = OpenPayload(last.AsSpan(SealedKeyLength), remoteStatic);

        PeerId remotePeer = GetPeer(remote.Identity, expectedPeer);

        var (receiving, sending) = _state.Split();
        return Finish(remote, remotePeer, isInitiator: false, new NoiseChannel(_stream, sending, receiving, pool));
    }

    // Early negotiation counts only when both sides sent a list; the initiator's order decides.
    private NoiseSession Finish(
        (PublicKey Identity, IReadOnlyList<string>? Muxers) remote, PeerId remotePeer, bool isInitiator, NoiseChannel channel)
    {
        string? muxer = null;
        if (remote.Muxers is { } theirs)
        {
            IReadOnlyList<string> wanted = isInitiator ? _identity.Muxers : theirs;
            IReadOnlyList<string> offered = isInitiator ? theirs : _identity.Muxers;
            muxer = wanted.FirstOrDefault(offered.Contains)
                ?? throw new HandshakeException("The remote offered no stream multiplexer that is known here.");
        }

        return new NoiseSession(channel, remote.Identity, remotePeer, muxer);
    }

    private static PeerId GetPeer(PublicKey identity, PeerId? expectedPeer)
    {
        PeerId peer = identity.ToPeerId();
        return expectedPeer is null || peer == expectedPeer
            ? peer
            : throw new HandshakeException($"The remote is {peer}, not {expectedPeer}.") { IsWrongPeer = true };
    }

    private void MixAgreement(X25519Key key, byte[] remotePublicKey)
    {
        var secret = new byte[KeyLength];
        if (!key.TryAgree(remotePublicKey, secret))
            throw new HandshakeException("The remote's Noise key is a point of small order.");
        _state.MixKey(secret);
    }

    private void SealStaticKey(Span<byte> destination)
    {
        _identity.Key.PublicKey.CopyTo(destination);
        _state.EncryptAndHash(destination);
    }

    private byte[] OpenStaticKey(Span<byte> source)
    {
        _state.DecryptAndHash(source);
        return source[..KeyLength].ToArray();
    }

    private void SealPayload(Span<byte> destination)
    {
        _identity.Payload.CopyTo(destination);
        _state.EncryptAndHash(destination);
    }

    private (PublicKey Identity, IReadOnlyList<string>? Muxers) OpenPayload(Span<byte> source, byte[] remoteStatic)
    {
        _state.DecryptAndHash(source);
        return NoiseIdentity.Verify(source[..^CipherState.TagLength], remoteStatic);
    }

    private async ValueTask WriteAsync(byte[] message, CancellationToken cancellationToken)
    {
        var framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await _stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> ReadAsync(int minimumLength, CancellationToken cancellationToken)
    {
        try
        {
            var prefix = new byte[2];
            await _stream.ReadExactlyAsync(prefix, cancellationToken).ConfigureAwait(false);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
            if (message.Length < minimumLength)
                throw new HandshakeException($"The remote sent a Noise handshake message of {message.Length} bytes; {minimumLength} is the least.");
            await _stream.ReadExactlyAsync(message, cancellationToken).ConfigureAwait(false);
            return message;
        }
        catch (EndOfStreamException e)
        {
            throw new HandshakeException("The remote closed the connection during the Noise handshake.", e);
        }
    }
}
