using System.Text;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Dialects;

/// <summary>
/// A request and its answer in the frames that each implementation makes of it: how it opens a stream, what it waits for, how it closes. All are served alike
/// and leave nothing behind.
/// </summary>
[CancelAfter(120_000)]
public class StreamDialectTests
{
    private const string Protocol = "/test/ask/1";

    private static readonly byte[] Header = MultistreamScript.Encode(MultistreamScript.Header);
    private static readonly byte[] Proposal = MultistreamScript.Encode(Protocol);
    private static readonly byte[] Question = "question"u8.ToArray();
    private static readonly byte[] Answer = "answer"u8.ToArray();
    private static readonly int AllLength = Header.Length + Proposal.Length + Answer.Length;

    /// <summary>Frames to send when the node has sent that many bytes on the stream.</summary>
    private sealed record Step(int Heard, params RawFrame[] Frames);

    private static IEnumerable<TestCaseData> Dialects()
    {
        byte[] opening = [.. Header, .. Proposal];
        byte[] all = [.. opening, .. Question];
        RawFrame announced = RawFrame.Window(1, 0, RawFrame.Syn);
        RawFrame windowFin = RawFrame.Window(1, 0, RawFrame.Fin);
        RawFrame dataFin = RawFrame.Data(1, [], RawFrame.Fin);

        yield return Case("go, lazily", new Step(0, announced, RawFrame.Data(1, all), windowFin));
        yield return Case(
            "go", new Step(0, announced, RawFrame.Data(1, opening)), new Step(opening.Length, RawFrame.Data(1, Question)), new Step(AllLength, windowFin));
        yield return Case("go, reset at the end with a code", new Step(0, announced, RawFrame.Data(1, all)), new Step(AllLength, RawFrame.Window(1, 0x1002, RawFrame.Rst)));
        yield return Case("rust, lazily", new Step(0, RawFrame.Data(1, all, RawFrame.Syn)), new Step(AllLength, dataFin));
        yield return Case("rust, closed at once", new Step(0, RawFrame.Data(1, all, RawFrame.Syn), dataFin));
        yield return Case("rust, dropped at the end", new Step(0, RawFrame.Data(1, all, RawFrame.Syn)), new Step(AllLength, RawFrame.Data(1, [], RawFrame.Rst)));
        yield return Case("js", new Step(0, announced, RawFrame.Data(1, opening)), new Step(opening.Length, RawFrame.Data(1, Question), windowFin));
        yield return Case(
            "nim",
            new Step(0, announced, RawFrame.Data(1, Header), RawFrame.Data(1, Proposal)),
            new Step(opening.Length, RawFrame.Data(1, Question, RawFrame.Fin)));
        yield return Case("nim, with a larger window", new Step(0, RawFrame.Window(1, 768 * 1024, RawFrame.Syn), RawFrame.Data(1, all, RawFrame.Fin)));
        yield return Case(
            "py",
            new Step(0, RawFrame.Data(1, [], RawFrame.Syn), RawFrame.Data(1, Header)),
            new Step(Header.Length, RawFrame.Data(1, Proposal)),
            new Step(opening.Length, RawFrame.Data(1, Question), dataFin));
        yield return Case(
            "dotnet",
            new Step(0, announced, RawFrame.Data(1, Header), RawFrame.Data(1, Proposal)),
            new Step(opening.Length, RawFrame.Data(1, Question)),
            new Step(AllLength, windowFin));
        yield return Case("a frame for every byte", new Step(0, [announced, .. all.Select(b => RawFrame.Data(1, [b])), dataFin]));

        static TestCaseData Case(string name, params Step[] steps) => new TestCaseData((object)steps).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Dialects))]
    public async Task Is_answered_and_leaves_nothing_behind(object script)
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        node.Node.Handle(Protocol, async stream =>
        {
            Assert.That(await stream.ReadBytesAsync(Question.Length), Is.EqualTo(Question));
            await stream.WriteAsync(Answer);
            await stream.CloseWriteAsync();
            _ = await stream.ReadAsync(new byte[1]); // to the end
        });
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);

        List<byte> heard = [];
        List<RawFrame> frames = [];
        foreach (Step step in (Step[])script)
        {
            while (heard.Count < step.Heard)
                await HearAsync();
            await peer.SendAsync(step.Frames);
        }

        while (frames.Count == 0 || !frames[^1].Has(RawFrame.Fin))
            await HearAsync();
        Assert.That(Encoding.UTF8.GetString([.. heard]), Is.EqualTo(Encoding.UTF8.GetString([.. Header, .. Proposal, .. Answer])));
        Assert.That(frames[0].ToString(), Is.EqualTo("WINDOW ACK #1 0"));
        Assert.That(frames.Count(frame => frame.Has(RawFrame.Ack)), Is.EqualTo(1), "go complains of a second ACK");
        await Eventually.EqualsAsync(1, () => node.Node.Connections.Single().StreamCount, "streams: the one identify was asked on");

        async Task HearAsync()
        {
            RawFrame frame = await peer.ReceiveAsync(f => f.StreamId == 1);
            frames.Add(frame);
            heard.AddRange(frame.Body);
        }
    }

    [Test]
    public async Task Streams_are_acknowledged_before_anything_is_said_on_them()
    {
        // go and rust have at most 256 that are not; js says nothing until it is.
        const int Count = 257;
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);

        await peer.SendAsync([.. Enumerable.Range(0, Count).Select(i => RawFrame.Window((uint)(2 * i) + 1, 0, RawFrame.Syn))]);

        for (int i = 0; i < Count; i++)
        {
            RawFrame frame = await peer.ReceiveAsync(f => f.StreamId % 2 == 1);
            Assert.That(frame.ToString(), Is.EqualTo($"WINDOW ACK #{2 * i + 1} 0"));
        }
    }

    [Test]
    public async Task A_stream_that_is_refused_at_once_is_acknowledged_and_reset_in_two_frames()
    {
        // py looks for nothing else in a frame with ACK, and would take one with RST too for an open stream.
        await using var harness = new SessionHarness { OnAccept = static stream => stream.Reset() };

        await harness.Peer.SendAsync(RawFrame.Window(1, 0, RawFrame.Syn));

        Assert.That((await harness.Peer.ReceiveAsync())!.ToString(), Is.EqualTo("WINDOW ACK #1 0"));
        Assert.That((await harness.Peer.ReceiveAsync())!.ToString(), Is.EqualTo("WINDOW RST #1 0"));
    }

    [Test]
    public async Task A_go_away_with_a_code_of_libp2p_is_an_end_like_any_other([Values(0u, 1u, 2u, 0x1001u, uint.MaxValue)] uint code)
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        SecuredPeer peer = await RawDialer.ConnectSecuredAsync(node.Node);
        await peer.ReceiveAsync(frame => frame.StreamId == 2);

        await peer.SendAsync(RawFrame.GoAway(code));
        await peer.DisposeAsync();

        await node.RestAsync();
    }
}
