using System.Net.Sockets;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

/// <summary>Every dial that fails says why, and leaves nothing behind.</summary>
[CancelAfter(60_000)]
public class DialFailureTests
{
    private NodeUnderTest _node = null!;

    [SetUp]
    public async Task StartAsync() => _node = await NodeUnderTest.StartAsync();

    [TearDown]
    public async Task StopAsync()
    {
        await _node.RestAsync();
        await _node.DisposeAsync();
    }

    private DialException Fail(Multiaddress address) => Assert.ThrowsAsync<DialException>(() => _node.Node.DialAsync(address).InTime())!;

    private DialError Fail(string address) => Fail(Multiaddress.Parse(address)).Reason;

    [Test]
    public void A_port_nobody_listens_on()
    {
        Socket listener = RawDialer.Listen(out Multiaddress address);
        listener.Dispose();
        Assert.That(Fail(address).Reason, Is.EqualTo(DialError.ConnectFailed));
    }

    [TestCase("/ip4/127.0.0.1/udp/4001/quic-v1", DialError.UnsupportedAddress)]
    [TestCase("/ip4/127.0.0.1/tcp/4001/ws", DialError.UnsupportedAddress)]
    [TestCase("/dns4/no-such-name.invalid/tcp/4001", DialError.NameNotResolved)]
    [TestCase("/dns/no-such-name.invalid/tcp/4001", DialError.NameNotResolved)]
    [TestCase("/dns4/0.0.0.0/tcp/4001", DialError.NameNotResolved)]
    [TestCase("/dns6/::/tcp/4001", DialError.NameNotResolved)]
    [TestCase("/dns4/a..b/tcp/4001", DialError.NameNotResolved)]
    [TestCase("/ip4/127.0.0.1/tcp/0", DialError.ConnectFailed)]
    [TestCase("/ip4/255.255.255.255/tcp/4001", DialError.ConnectFailed)]
    [TestCase("/ip6/ff02::1/tcp/4001", DialError.ConnectFailed)]
    public void An_address_that_leads_nowhere(string address, DialError reason) => Assert.That(Fail(address), Is.EqualTo(reason));

    [Test]
    public async Task Somebody_else_than_the_address_says()
    {
        await using NodeUnderTest other = await NodeUnderTest.StartAsync();
        PeerId wanted = IdentityKey.Generate().PeerId;
        DialException error = Fail(other.Address.WithoutPeerId()!.WithPeerId(wanted));
        Assert.That(error.Reason, Is.EqualTo(DialError.WrongPeer));
        Assert.That(error.Message, Does.Contain($"{wanted}").And.Contain($"{other.Node.PeerId}"));
        await other.RestAsync();
    }

    [Test]
    public void The_node_itself_by_its_id() => Assert.That(Fail(_node.Address).Reason, Is.EqualTo(DialError.DialToSelf));

    [Test]
    public async Task The_node_itself_without_saying_so()
    {
        Assert.That(Fail(_node.Address.WithoutPeerId()!).Reason, Is.EqualTo(DialError.DialToSelf));
        await _node.RestAsync();
        Assert.That(_node.Node.Connections, Is.Empty);
    }

    [TestCase("garbage")]
    [TestCase("no noise")]
    [TestCase("closed at once")]
    [TestCase("closed in the middle")]
    [TestCase("no yamux")]
    [TestCase("no common muxer")]
    public async Task A_remote_that_does_not_speak_as_it_should(string how)
    {
        using Socket listener = RawDialer.Listen(out Multiaddress address);
        Task<DialException> failing = Task.Run(() => Fail(address));
        await using NetworkStream stream = await listener.AcceptStreamAsync();
        switch (how)
        {
            case "garbage":
                await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nServer: one that expects another protocol altogether\r\n\r\n"u8.ToArray());
                break;
            case "no noise":
                await stream.SayAsync(MultistreamScript.Header, "na");
                break;
            case "closed at once":
                await stream.DisposeAsync();
                break;
            case "closed in the middle":
                await stream.TakeProposalAsync();
                await stream.DisposeAsync();
                break;
            case "no yamux":
                await stream.TakeProposalAsync();
                SecuredPeer peer = await new NoiseScript(stream, isInitiator: false) { Muxers = null }.RunAsync();
                await peer.SendBytesAsync(MultistreamScript.Encode(MultistreamScript.Header, "na"));
                break;
            default:
                await stream.TakeProposalAsync();
                await new NoiseScript(stream, isInitiator: false) { Muxers = ["/mplex/6.7.0"] }.RunAsync();
                break;
        }

        Assert.That((await failing.InTime()).Reason, Is.EqualTo(DialError.HandshakeFailed));
        if (how is "garbage" or "no noise" or "no yamux" or "no common muxer")
            await stream.ExpectClosedAsync();
    }

    [Test]
    public async Task Cancelling_is_no_failure()
    {
        using Socket listener = RawDialer.Listen(out Multiaddress address);
        using var cancelled = new CancellationTokenSource();
        Task<Connection> dialing = _node.Node.DialAsync(address, cancelled.Token);
        await using NetworkStream stream = await listener.AcceptStreamAsync();
        await stream.HearAsync();
        await cancelled.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => dialing.InTime());
        await stream.ExpectClosedAsync();
        Assert.CatchAsync<OperationCanceledException>(() => _node.Node.DialAsync(address, cancelled.Token).InTime());
    }

    [Test]
    public async Task A_node_that_is_stopped_gives_up_its_dials_before_it_says_it_has_stopped()
    {
        using Socket listener = RawDialer.Listen(out Multiaddress address);
        Task<Connection> dialing = _node.Node.DialAsync(address);
        await using NetworkStream stream = await listener.AcceptStreamAsync();
        await stream.HearAsync();
        await _node.Node.StopAsync().InTime();
        Assert.That(dialing.IsCompleted, Is.True);
        Assert.That(Assert.ThrowsAsync<DialException>(() => dialing)!.Message, Does.Contain("stopped"));
        Assert.ThrowsAsync<InvalidOperationException>(() => _node.Node.DialAsync(address));
    }

    [Test]
    public async Task A_node_that_was_not_started_does_not_dial()
    {
        await using var node = new Libp2pNode(new Libp2pOptions(), IdentityKey.Generate());
        Assert.ThrowsAsync<InvalidOperationException>(() => node.DialAsync(_node.Address));
        (MemoryDuplex near, MemoryDuplex far) = MemoryDuplex.CreatePair();
        var raw = new RawConnection(near, FakeTransport.Address, FakeTransport.Address);
        Assert.ThrowsAsync<InvalidOperationException>(() => node.UpgradeAsync(raw, isInitiator: true, null, CancellationToken.None));
        await far.ExpectClosedAsync();
        Assert.That(node.Counts, Is.EqualTo(default(NodeCounts)));
    }
}
