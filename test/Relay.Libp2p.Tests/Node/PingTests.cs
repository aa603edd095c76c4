using Relay.Libp2p.Ping;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Node;

/// <summary>ping in both roles, with a remote that does it right and one that does not.</summary>
[CancelAfter(120_000)]
public class PingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private ManualTimeProvider _time = null!;
    private NodeUnderTest _node = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _time = new ManualTimeProvider();
        _node = await NodeUnderTest.StartAsync(time: _time);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.ServesAsync();
        await _node.RestAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Pings_on_one_stream_come_back_until_the_remote_closes()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await using YamuxStream stream = await peer.OpenAsync(PingProtocol.Id);
        for (int i = 0; i < 100; i++)
        {
            byte[] payload = new byte[32];
            new Random(i).NextBytes(payload);
            await stream.WriteAsync(payload).InTime();
            Assert.That(await stream.ReadBytesAsync(32), Is.EqualTo(payload));
        }

        await stream.CloseWriteAsync();
        Assert.That(await stream.ReadAllAsync(), Is.Empty);
    }

    [TestCase(1)]
    [TestCase(31)]
    [TestCase(33)]
    public async Task A_ping_of_another_length_is_reset_at_its_end(int length)
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await using YamuxStream stream = await peer.OpenAsync(PingProtocol.Id);
        await stream.WriteAsync(new byte[length]).InTime();
        await stream.CloseWriteAsync();
        await stream.ExpectClosedAsync();
        Assert.That(stream.ReadError(), Is.EqualTo(StreamError.Reset));
    }

    [Test]
    public async Task A_ping_longer_than_any_is_answered_piece_by_piece_and_never_kept()
    {
        await using BarePeer peer = await BarePeer.DialAsync(_node.Node);
        await using YamuxStream stream = await peer.OpenAsync(PingProtocol.Id);
        Task writing = Task.Run(async () =>
        {
            await stream.WriteAsync(new byte[1 << 20]);
            await stream.CloseWriteAsync();
        });
        Assert.That(await stream.ReadAllAsync(), Has.Length.EqualTo(1 << 20));
        await writing.InTime();
        Assert.That(_node.Node.Counts.UnreadBytes, Is.Zero);
    }

    [TestCase("other bytes")]
    [TestCase("too few bytes")]
    [TestCase("nothing and the end")]
    public async Task An_answer_that_is_not_what_was_sent(string how)
    {
        (BarePeer peer, Connection connection) = await BarePeer.DialedByAsync(_node.Node);
        await using BarePeer disposed = peer;
        Task<TimeSpan> pinging = _node.Node.PingAsync(connection.RemotePeer);
        YamuxStream asked = await AcceptPingAsync(peer);
        byte[] payload = await asked.ReadBytesAsync(32);
        payload[31] ^= 1;
        if (how != "nothing and the end")
            await asked.WriteAsync(payload[..(how == "other bytes" ? 32 : 31)]).InTime();
        if (how != "other bytes") // which are answered with a reset at once
            await asked.CloseWriteAsync();
        Assert.That(Assert.ThrowsAsync<StreamException>(() => pinging.InTime())!.Reason, Is.EqualTo(StreamError.NegotiationFailed));
        await asked.ExpectClosedAsync();
    }

    [Test]
    public async Task An_answer_longer_than_the_question_is_read_as_far_as_it_goes()
    {
        (BarePeer peer, Connection connection) = await BarePeer.DialedByAsync(_node.Node);
        await using BarePeer disposed = peer;
        Task<TimeSpan> pinging = _node.Node.PingAsync(connection.RemotePeer);
        YamuxStream asked = await AcceptPingAsync(peer);
        await asked.WriteAsync((byte[])[.. await asked.ReadBytesAsync(32), .. new byte[100_000]]).InTime();
        await pinging.InTime();
        await asked.CloseWriteAsync();
        await asked.ExpectClosedAsync();
    }

    [Test]
    public async Task An_answer_that_does_not_come_is_waited_for_and_then_not()
    {
        (BarePeer peer, Connection connection) = await BarePeer.DialedByAsync(_node.Node);
        await using BarePeer disposed = peer;
        Task<TimeSpan> pinging = _node.Node.PingAsync(connection.RemotePeer);
        YamuxStream asked = await AcceptPingAsync(peer);
        await asked.ReadBytesAsync(32);
        await asked.WriteAsync(new byte[31]).InTime();
        await _time.TimerIsArmedAsync(Patience);
        for (TimeSpan passed = TimeSpan.Zero; passed < Patience; passed += TimeSpan.FromSeconds(10))
        {
            Assert.That(pinging.IsCompleted, Is.False);
            await SignOfLifeAsync(peer);
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.That(Assert.ThrowsAsync<StreamException>(() => pinging.InTime())!.Reason, Is.EqualTo(StreamError.Timeout));
        Assert.That(asked.ReadError(), Is.EqualTo(StreamError.Reset));
        Assert.That(connection.Closed.IsCompleted, Is.False);
    }

    [Test]
    public async Task Cancelling_ends_the_wait_and_the_stream()
    {
        (BarePeer peer, Connection connection) = await BarePeer.DialedByAsync(_node.Node);
        await using BarePeer disposed = peer;
        using var cancelled = new CancellationTokenSource();
        Task<TimeSpan> pinging = _node.Node.PingAsync(connection.RemotePeer, cancelled.Token);
        YamuxStream asked = await AcceptPingAsync(peer);
        await asked.ReadBytesAsync(32);
        await cancelled.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => pinging.InTime());
        Assert.That(asked.ReadError(), Is.EqualTo(StreamError.Reset));
    }

    private static async Task SignOfLifeAsync(BarePeer peer)
    {
        await using YamuxStream stream = await peer.OpenAsync(PingProtocol.Id);
        await stream.CloseWriteAsync();
        await stream.ReadAllAsync();
    }

    // The node asks who the peer is as well; which of the two streams comes first is open.
    private static async Task<YamuxStream> AcceptPingAsync(BarePeer peer)
    {
        while (true)
        {
            (YamuxStream stream, string protocol) = await peer.AcceptAnyAsync();
            if (protocol == PingProtocol.Id)
                return stream;
            stream.Reset();
        }
    }
}
