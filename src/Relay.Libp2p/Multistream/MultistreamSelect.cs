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
        await stream.WriteAsync((byte[])[.. HeaderMessage, .. Encode(protocols[0])], cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(stream, cancellationToken).ConfigureAwait(false) is var header && header != Header)
            throw new HandshakeException($"The remote opened the negotiation with '{Printable(header)}', not with {Header}.");

        // 2. The listener echoes what it takes and answers "na" to what it does not.
        for (int i = 0; ; i++)
        {
            string answer = await ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (answer == protocols[i])
                return answer;
            if (answer != NotAvailable)
                throw new HandshakeException($"The remote answered '{Printable(answer)}' to the proposal of {protocols[i]}.");
            if (i + 1 == protocols.Count)
                return null;
            await stream.WriteAsync(Encode(protocols[i + 1]), cancellationToken).ConfigureAwait(false);
        }
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
        await stream.WriteAsync(HeaderMessage, cancellationToken).ConfigureAwait(false);

        for (int i = 0; i < MaxProposals; i++)
        {
            string? proposal = await TryReadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (proposal is null)
                return null;
            if (isSupported(proposal))
            {
                await stream.WriteAsync(Encode(proposal), cancellationToken).ConfigureAwait(false);
                return proposal;
            }

            byte[] answer = proposal == List ? EncodeList(list()) : NotAvailableMessage;
            await stream.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
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
