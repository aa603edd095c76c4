using System.Text;
using Relay.Multiformats;

namespace Relay.Libp2p.Multistream;

/// <summary>
/// multistream-select 1.0: agrees on a protocol at the start of a connection or stream. Each message is
/// <c>uvarint length ‖ text ‖ '\n'</c>, the length counting the newline. Reads never take a byte past the agreed message: what follows belongs
/// to the protocol.
/// </summary>
internal static class MultistreamSelect
{
    public const string Header = "/multistream/1.0.0";
    public const string NotAvailable = "na";
    public const string List = "ls";
    public const int MaxMessageLength = 1024; // the spec sets none; go-multistream's bound
    public const int MaxProposals = 64;       // a dialer that still offers after these has nothing we want

    private static readonly byte[] HeaderMessage = Encode(Header);
    private static readonly byte[] NotAvailableMessage = Encode(NotAvailable);

    /// <summary>Dialer: proposes each protocol in turn; returns the one the listener took, null when it took none.</summary>
    public static async ValueTask<string?> ProposeAsync(Stream stream, IReadOnlyList<string> protocols, CancellationToken cancellationToken)
    {
        // 1. The header goes with the first proposal: one packet, one round trip.
        await stream.WriteAsync(EncodeProposal(protocols[0]), cancellationToken).ConfigureAwait(false);
        if (await ReadAgreementAsync(stream, protocols[0], cancellationToken).ConfigureAwait(false))
            return protocols[0];

        // 2. What was refused makes room for the next.
        foreach (string protocol in protocols.Skip(1))
        {
            await stream.WriteAsync(Encode(protocol), cancellationToken).ConfigureAwait(false);
            if (await ReadAnswerAsync(stream, protocol, cancellationToken).ConfigureAwait(false))
                return protocol;
        }

        return null;
    }

    /// <summary>What opens a negotiation: the header and the first proposal.</summary>
    public static byte[] EncodeProposal(string protocol) => [.. HeaderMessage, .. Encode(protocol)];

    /// <summary>Dialer: reads the answer to <see cref="EncodeProposal"/>; whether the listener takes the protocol.</summary>
    public static async ValueTask<bool> ReadAgreementAsync(Stream stream, string protocol, CancellationToken cancellationToken)
    {
        if (await ReadAsync(stream, cancellationToken).ConfigureAwait(false) is var header && header != Header)
            throw new HandshakeException($"The remote opened the negotiation with '{Printable(header)}', not with {Header}.");
        return await ReadAnswerAsync(stream, protocol, cancellationToken).ConfigureAwait(false);
    }

    // The listener echoes what it takes and answers "na" to what it does not.
    private static async ValueTask<bool> ReadAnswerAsync(Stream stream, string protocol, CancellationToken cancellationToken)
    {
        string answer = await ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        if (answer != protocol && answer != NotAvailable)
            throw new HandshakeException($"The remote answered '{Printable(answer)}' to the proposal of {protocol}.");
        return answer == protocol;
    }

    /// <summary>Listener: answers proposals until one is supported; returns it, or null when the dialer gave up.</summary>
    public static async ValueTask<string?> AnswerAsync(
        Stream stream, Func<string, bool> isSupported, Func<IEnumerable<string>> list, CancellationToken cancellationToken)
    {
        string? first = await TryReadAsync(stream, cancellationToken).ConfigureAwait(false);
        if (first is null)
            return null;
        if (first != Header)
            throw new HandshakeException($"The remote opened the negotiation with '{Printable(first)}', not with {Header}.");

        // Most dialers send the first proposal along, and then one write answers both. Some wait for the header before they propose.
        byte[] owed = HeaderMessage;
        for (int i = 0; i < MaxProposals; i++)
        {
            Task<string?> reading = TryReadAsync(stream, cancellationToken).AsTask();
            if (!reading.IsCompleted && owed.Length > 0)
            {
                await Task.WhenAll(stream.WriteAsync(owed, cancellationToken).AsTask(), reading).ConfigureAwait(false);
                owed = [];
            }

            string? proposal = await reading.ConfigureAwait(false);
            if (proposal is null)
                return null;
            bool isTaken = isSupported(proposal);
            byte[] answer = isTaken ? Encode(proposal) : proposal == List ? EncodeList(list()) : NotAvailableMessage;
            await stream.WriteAsync((byte[])[.. owed, .. answer], cancellationToken).ConfigureAwait(false);
            if (isTaken)
                return proposal;
            owed = [];
        }

        throw new HandshakeException($"The remote proposed {MaxProposals} protocols, none of them known here.");
    }

    private static async ValueTask<string> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        await TryReadAsync(stream, cancellationToken).ConfigureAwait(false)
        ?? throw new HandshakeException("The remote closed the stream during the negotiation.");

    // Null when the stream ended before the message began.
    private static async ValueTask<string?> TryReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64];
        int length = 0;
        for (int i = 0; ; i++)
        {
            // A length of at most 1024 takes two bytes at most.
            if (i == 2)
                throw new HandshakeException($"The remote sent a negotiation message over {MaxMessageLength} bytes.");
            if (await stream.ReadAsync(buffer.AsMemory(0, 1), cancellationToken).ConfigureAwait(false) == 0)
                return i == 0 ? null : throw new HandshakeException("The remote closed the stream within a negotiation message.");
            length |= (buffer[0] & 0x7F) << (7 * i);
            if (buffer[0] < 0x80)
                break;
        }

        if (length is 0 or > MaxMessageLength)
            throw new HandshakeException($"The remote sent a negotiation message of {length} bytes; 1 to {MaxMessageLength} are allowed.");
        if (length > buffer.Length)
            buffer = new byte[length];
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new HandshakeException("The remote closed the stream within a negotiation message.", e);
        }

        if (buffer[length - 1] != '\n')
            throw new HandshakeException("The remote sent a negotiation message that does not end in a newline.");
        return Encoding.UTF8.GetString(buffer, 0, length - 1);
    }

    private static byte[] Encode(string text) => Frame([.. Encoding.UTF8.GetBytes(text), (byte)'\n']);

    private static byte[] EncodeList(IEnumerable<string> protocols) => Frame([.. protocols.SelectMany(Encode), (byte)'\n']);

    private static byte[] Frame(byte[] content)
    {
        var message = new byte[Varint.GetLength((ulong)content.Length) + content.Length];
        int prefix = Varint.Write(message, (ulong)content.Length);
        content.CopyTo(message, prefix);
        return message;
    }

    // What the remote sent goes into a message only as far as it is harmless there.
    private static string Printable(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, 64));
        return string.Create(head.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
    }
}
