using Google.Protobuf;
using Relay.Libp2p.Identify.Wire;
using Relay.Multiformats;

namespace Relay.Libp2p.Identify;

/// <summary>
/// identify and identify push, version 1.0.0 (identify spec): one message, <c>uvarint length ‖ protobuf</c>, then the end of the stream. go reads until
/// that end, so the write side must be closed. A reader merges up to ten messages.
/// </summary>
internal static class IdentifyProtocol
{
    public const string Id = "/ipfs/id/1.0.0";
    public const string PushId = "/ipfs/id/push/1.0.0";
    public const string ProtocolVersion = "ipfs/0.1.0";
    public const int MaxMessageLength = 8 * 1024; // what go and js take
    public const int MaxSentLength = 4 * 1024;    // what rust takes
    public const int MaxToldAddresses = 128;
    public const int MaxMessages = 10;
    private const int MaxListed = 128;            // protocols and addresses kept of one remote,
    private const int MaxKept = 8 * 1024;         // and bytes of each kind: a good peer has a few dozen short ones
    private const int MaxAgentLength = 256;

    /// <summary>
    /// Sends <paramref name="message"/>. A signed record that makes it too long follows in a message of its own: who reads only the first misses nothing else.
    /// Addresses that still do not fit are left out, the last first.
    /// </summary>
    public static async Task SendAsync(DuplexStream stream, IdentifyMessage message, CancellationToken cancellationToken)
    {
        byte[] framed = message.CalculateSize() <= MaxSentLength ? Frame(message) : FrameInParts(message);
        await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
        await stream.CloseWriteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="HandshakeException">The remote sent no identify message, or one that is not true of the connection.</exception>
    public static async Task<PeerIdentity> ReceiveAsync(DuplexStream stream, PeerId remotePeer, CancellationToken cancellationToken)
    {
        var merged = new IdentifyMessage();
        int count = 0;
        while (await ReadMessageAsync(stream, cancellationToken).ConfigureAwait(false) is { } body)
        {
            if (++count > MaxMessages)
                throw new HandshakeException($"The remote sent more than {MaxMessages} identify messages.");
            try
            {
                merged.MergeFrom(body);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new HandshakeException("The remote's identify message is not a protobuf message.", e);
            }
        }

        if (count == 0)
            throw new HandshakeException("The remote sent no identify message.");
        return Validate(merged, remotePeer);
    }

    private static PeerIdentity Validate(IdentifyMessage message, PeerId remotePeer)
    {
        if (message.HasPublicKey
            && (!PublicKey.TryFromProtobuf(message.PublicKey.Span, out PublicKey? key, out _) || key.ToPeerId() != remotePeer))
        {
            throw new HandshakeException("The key in the remote's identify message is not the connection's.");
        }

        Multiaddress.TryFromBytes(message.ObservedAddr.Span, out Multiaddress? observed, out _);
        var addresses = new List<Multiaddress>();
        foreach (ByteString bytes in Head(message.ListenAddrs, static bytes => bytes.Length))
        {
            if (Multiaddress.TryFromBytes(bytes.Span, out Multiaddress? address, out _))
                addresses.Add(address);
        }

        string agent = message.AgentVersion;
        return new PeerIdentity(
            agent.Length <= MaxAgentLength ? agent : agent[..MaxAgentLength],
            [.. Head(message.Protocols, static protocol => protocol.Length)],
            addresses,
            observed);
    }

    // What of a list is kept: a remote can send ten messages full, and stay for as long as it likes.
    private static IEnumerable<T> Head<T>(IEnumerable<T> items, Func<T, int> length)
    {
        int kept = 0;
        return items.Take(MaxListed).TakeWhile(item => (kept += length(item)) <= MaxKept);
    }

    private static byte[] FrameInParts(IdentifyMessage message)
    {
        IdentifyMessage first = message.Clone();
        first.ClearSignedPeerRecord();
        while (first.CalculateSize() > MaxSentLength && first.ListenAddrs.Count > 0)
            first.ListenAddrs.RemoveAt(first.ListenAddrs.Count - 1);

        var record = new IdentifyMessage { SignedPeerRecord = message.SignedPeerRecord };
        return record.CalculateSize() <= MaxSentLength ? [.. Frame(first), .. Frame(record)] : Frame(first);
    }

    private static byte[] Frame(IdentifyMessage message)
    {
        byte[] body = message.ToByteArray();
        var framed = new byte[Varint.GetLength((ulong)body.Length) + body.Length];
        body.CopyTo(framed, Varint.Write(framed, (ulong)body.Length));
        return framed;
    }

    // Null at the end of the stream.
    private static async ValueTask<byte[]?> ReadMessageAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        var one = new byte[1];
        int length = 0;
        for (int i = 0; ; i++)
        {
            if (await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 0)
                return i == 0 ? null : throw new HandshakeException("The remote closed the stream within an identify message.");
            length |= (one[0] & 0x7F) << (7 * i);
            if (length > MaxMessageLength || i == 2)
                throw new HandshakeException($"The remote sent an identify message over {MaxMessageLength} bytes.");
            if (one[0] < 0x80)
                break;
        }

        var body = new byte[length];
        try
        {
            await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new HandshakeException("The remote closed the stream within an identify message.", e);
        }

        return body;
    }
}
