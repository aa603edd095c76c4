using Relay.Circuit;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

/// <summary>
/// What relays owe their peers, as cases that know nothing of a relay but its address: the rows of <c>docs/spec-notes.md</c> that can be seen from outside.
/// What needs a second relay, a full table, an access list or a minute's wait is left to the tests of whoever builds the relay.
/// </summary>
public static partial class ConformanceCases
{
    private static readonly byte[] Reserve = [0x02, 0x08, 0x00];

    /// <summary>All cases, by row.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } = [.. Messages().Concat(Reservations()).Concat(Connects()).Concat(Circuits()).OrderBy(c => c.Item)];

    private static IEnumerable<ConformanceCase> Messages()
    {
        yield return new(1, "Identify lists HOP by its id", async relay =>
        {
            IReadOnlyList<string> protocols = await (await relay.ConnectAsync()).ReadProtocolsAsync();
            Expect.That(protocols.Contains("/libp2p/circuit/relay/0.2.0/hop"), $"identify lists {string.Join(", ", protocols)}");
        });
        yield return new(3, "A message of 4096 bytes is read", async relay =>
        {
            ProbeClient client = await relay.ConnectAsync();
            RawMessage padded = RawHop.Reserve().With(9999, new byte[4096 - 2 - 5]);
            Expect.Equal(4096, padded.ToBytes().Length, "the length of the case's own message");
            Expect.Equal(Status.Ok, RawHop.StatusOf(await client.AskAsync(padded.ToFrame())), "the answer to a RESERVE with a field nobody knows");
        });
        yield return new(3, "A message of 4097 bytes is refused by its prefix", async relay =>
        {
            ProbeClient client = await relay.ConnectAsync();
            ProbeStream hop = await client.OpenHopAsync();
            await hop.SendAsync((byte[])[0x81, 0x20]);
            await IsRefusedOrResetAsync(hop);
        });
        yield return new(6, "A refusal is followed by FIN", async relay =>
        {
            ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
            await hop.SendAsync(RawHop.Connect((await relay.ConnectAsync()).PeerId));
            await hop.ReceiveFrameAsync();
            Expect.Equal((0L, false), await hop.ReceiveToEndAsync(), "what follows the answer, which must be FIN");
            await hop.FinishAsync();
        });
        yield return Malformed(4, "A message without a type reserves nothing", [0x02, 0x12, 0x00]);
        yield return Malformed(4, "An empty message reserves nothing", [0x00]);
        yield return Malformed(4, "A type nobody knows is malformed", [0x02, 0x08, 0x07]);
        yield return Malformed(3, "Garbage is malformed", [0x05, 0xff, 0xff, 0xff, 0xff, 0xff]);
        yield return Malformed(18, "CONNECT without a peer is malformed", [0x02, 0x08, 0x01]);
        yield return Malformed(18, "CONNECT with an empty peer is malformed", [0x04, 0x08, 0x01, 0x12, 0x00]);
        yield return Malformed(18, "CONNECT with a peer id that is none is malformed", [0x09, 0x08, 0x01, 0x12, 0x05, 0x0a, 0x03, 0xff, 0xff, 0xff]);
        yield return Refused(25, "A STATUS sent to the relay is unexpected", [0x04, 0x08, 0x02, 0x28, 0x64], Status.UnexpectedMessage);
    }

    private static ConformanceCase Malformed(int item, string name, byte[] request) => Refused(item, name, request, Status.MalformedMessage);

    // The golden bytes of a refusal: type STATUS, the status, nothing else.
    private static ConformanceCase Refused(int item, string name, byte[] request, Status status) => new(item, name, async relay =>
    {
        ProbeClient client = await relay.ConnectAsync();
        ProbeStream hop = await client.OpenHopAsync();
        await hop.SendAsync(request);
        await IsRefusedAsync(hop, status);
        Expect.Equal(Status.Ok, RawHop.StatusOf(await client.AskAsync(Reserve)), "the answer to a good request afterwards");
    });

    private static async Task IsRefusedAsync(ProbeStream hop, Status status)
    {
        byte[] answer = await hop.ReceiveFrameAsync();
        Expect.Bytes([0x05, 0x08, 0x02, 0x28, (byte)((int)status | 0x80), (byte)((int)status >> 7)], answer, $"the answer, which must be STATUS {status} and nothing more");
        await hop.FinishAsync();
    }

    private static async Task IsRefusedOrResetAsync(ProbeStream hop)
    {
        (long bytes, bool isReset) = await hop.ReceiveToEndAsync();
        Expect.That(isReset || bytes == 6, $"{bytes} bytes and FIN have come, which are no refusal");
    }
}
