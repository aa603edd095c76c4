using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>
/// What a peer that is broken or hostile may put on a HOP stream, and the status that answers it.
/// </summary>
/// <param name="Name">Completes the sentence "a relay survives ...".</param>
/// <param name="Bytes">All that is written.</param>
/// <param name="Status">The answer; null when a reset without one is right as well.</param>
/// <param name="Finishes">Whether FIN follows, so that the relay need not wait for more.</param>
internal sealed record BadInput(string Name, byte[] Bytes, RelayStatus? Status, bool Finishes = false)
{
    /// <summary>Inputs that a relay answers by what they are, without a clock.</summary>
    public static IReadOnlyList<BadInput> All { get; } =
    [
        new("a length prefix one over the bound", [0x81, 0x20], RelayStatus.MalformedMessage), // 4097
        new("a length prefix of 2^63 - 1", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], RelayStatus.MalformedMessage),
        new("a length prefix that does not end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], RelayStatus.MalformedMessage),
        new("a length prefix with needless bytes", [0x82, 0x00, 0x08, 0x00], null), // RESERVE, but not in the minimal form
        new("an empty message", [0x00], RelayStatus.MalformedMessage),
        new("garbage of the right length", Prefixed(Garbage(64)), RelayStatus.MalformedMessage),
        new("four kilobytes of garbage", Prefixed(Garbage(4096)), RelayStatus.MalformedMessage),
        new("a message without a type", Prefixed([0x12, 0x00]), RelayStatus.MalformedMessage),
        new("a type that nobody knows", Prefixed([0x08, 0x07]), null),
        new("a status instead of a request", Prefixed([0x08, 0x02, 0x28, 0x64]), RelayStatus.UnexpectedMessage),
        new("CONNECT without a peer", Prefixed([0x08, 0x01]), RelayStatus.MalformedMessage),
        new("CONNECT with an empty peer", Prefixed([0x08, 0x01, 0x12, 0x00]), RelayStatus.MalformedMessage),
        new("CONNECT with a peer id that is none", Prefixed([0x08, 0x01, 0x12, 0x05, 0x0a, 0x03, 0xff, 0xff, 0xff]), RelayStatus.MalformedMessage),
        new("half a message and FIN", [0x0a, 0x08, 0x01], RelayStatus.MalformedMessage, Finishes: true),
        new("half a length prefix and FIN", [0x8a], RelayStatus.MalformedMessage, Finishes: true),
        new("FIN and nothing", [], null, Finishes: true),
    ];

    /// <summary>Half a message, and then nothing: answered when the relay's patience for a request ends.</summary>
    public static BadInput Silence { get; } = new("half a message and silence", [0x0a, 0x08, 0x01], null);

    public override string ToString() => Name;

    /// <summary>
    /// Writes the bytes on a HOP stream of their own. The stream must end, with the status or without one as this input says,
    /// and nothing else may come on it.
    /// </summary>
    /// <param name="peer">Who writes.</param>
    /// <param name="relay">To whom.</param>
    /// <param name="patience">Moves the relay's clock to where it gives up waiting.</param>
    /// <returns>The status, if one came, and how the stream ended.</returns>
    public async Task<(RelayStatus? Status, StreamEnd? End)> IsAnsweredAsync(JsPeer peer, string relay, Func<Task>? patience = null)
    {
        JsStream hop = await peer.OpenHopAsync(relay);
        await hop.WriteAsync(Bytes);
        if (Finishes)
            await hop.CloseWriteAsync();
        if (patience is not null)
            await patience();

        CircuitMessage? reply = await ReadReplyAsync(hop);
        if (reply is not null)
        {
            Assert.That(reply.Status, Is.Not.Null.And.Not.EqualTo(RelayStatus.Ok), Name);
            Refusals.IsRefusal(reply, Status ?? reply.Status!.Value, Name);
        }
        else
        {
            Assert.That(Status, Is.Null, $"the stream ended without a status after {Name}");
        }
        DigestReply rest = await hop.DigestToEndAsync();
        Assert.That((rest.Length, rest.End), Is.EqualTo((0L, (StreamEnd?)StreamEnd.Eof)).Or.EqualTo((0L, (StreamEnd?)StreamEnd.Reset)), Name);
        return (reply?.Status, rest.End);
    }

    private static async Task<CircuitMessage?> ReadReplyAsync(JsStream hop)
    {
        try
        {
            return await hop.ReadMessageAsync();
        }
        catch (JsPeerException ended) when (ended.ErrorName == "StreamEndedError")
        {
            return null;
        }
    }

    private static byte[] Prefixed(byte[] message) =>
        message.Length < 0x80
            ? [(byte)message.Length, .. message]
            : [(byte)(message.Length | 0x80), (byte)(message.Length >> 7), .. message];

    private static byte[] Garbage(int length)
    {
        byte[] bytes = new byte[length];
        new Random(20261122).NextBytes(bytes);
        bytes[0] = 0xff; // a field that runs past the end, whatever the rest is
        return bytes;
    }
}
