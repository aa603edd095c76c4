using System.Text;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Node;

/// <summary>Streams whose protocol is proposed along with their first bytes.</summary>
[CancelAfter(60_000)]
public class OptimisticStreamTests
{
    private const string Known = "/known/1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private NodePair _pair = null!;
    private IDisposable _registration = null!;

    [SetUp]
    public async Task ConnectAsync()
    {
        _pair = await NodePair.ConnectAsync();
        _registration = _pair.Listener.Handle(Known, AnswerAsync);
        await Eventually.TrueAsync(() => _pair.Connection.RemoteIdentity?.Protocols.Contains(Known) == true, "the dialer is told of the protocol");
    }

    [TearDown]
    public async Task DisconnectAsync()
    {
        _registration.Dispose();
        await _pair.DisposeAsync();
    }

    [Test]
    public async Task What_is_written_arrives_and_what_is_answered_is_read_behind_the_agreement()
    {
        await using MuxedStream stream = _pair.Dialer.TryOpenKnownStream(_pair.Listener.PeerId, Known)!;
        await stream.WriteAsync("first "u8.ToArray()).InTime();
        await stream.WriteLastAsync("second"u8.ToArray()).InTime();

        Assert.That(Encoding.UTF8.GetString(await stream.ReadAllAsync()), Is.EqualTo("heard first second"));
        Assert.That(stream.Protocol, Is.EqualTo(Known));
    }

    [Test]
    public async Task The_first_bytes_may_be_the_last()
    {
        await using MuxedStream stream = _pair.Dialer.TryOpenKnownStream(_pair.Listener.PeerId, Known)!;
        await stream.CloseWriteAsync().AsTask().InTime();

        Assert.That(Encoding.UTF8.GetString(await stream.ReadAllAsync()), Is.EqualTo("heard "));
    }

    [Test]
    public void A_protocol_that_identify_does_not_list_has_to_be_asked_for() =>
        Assert.That(_pair.Dialer.TryOpenKnownStream(_pair.Listener.PeerId, "/unknown/1"), Is.Null);

    [Test]
    public void A_peer_that_is_not_connected_has_no_streams() =>
        Assert.That(_pair.Dialer.TryOpenKnownStream(Multiformats.IdentityKey.Generate().PeerId, Known), Is.Null);

    [Test]
    public async Task A_remote_that_does_not_take_it_after_all_fails_the_first_read()
    {
        await using var sessions = new SessionPair(async served =>
        {
            await served.WriteAsync("\u0013/multistream/1.0.0\n\u0003na\n"u8.ToArray());
            await served.ExpectClosedAsync();
        });
        await using var stream = Propose(sessions, "/withdrawn/1");
        await stream.WriteAsync(new byte[3]).InTime();

        var error = Assert.ThrowsAsync<StreamException>(() => stream.ReadAsync(new byte[1]).AsTask().InTime())!;
        Assert.That(error.Reason, Is.EqualTo(StreamError.ProtocolNotSupported));
        Assert.That(error.Message, Does.Contain("/withdrawn/1"));
    }

    [Test]
    public async Task Nobody_can_read_before_the_opener_has_spoken()
    {
        await using MuxedStream stream = _pair.Dialer.TryOpenKnownStream(_pair.Listener.PeerId, Known)!;
        Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(new byte[1]).AsTask());
    }

    [Test]
    public async Task An_answer_that_is_none_fails_the_negotiation_and_the_stream()
    {
        await using var sessions = new SessionPair(async served =>
        {
            await served.WriteAsync("\u0005nope\n"u8.ToArray());
            await served.ExpectClosedAsync();
        });
        OptimisticStream stream = Propose(sessions, Known);
        await stream.WriteAsync(new byte[3]).InTime();

        Assert.That(await ReasonAsync(stream), Is.EqualTo(StreamError.NegotiationFailed));
        Assert.That(await ReasonAsync(stream), Is.EqualTo(StreamError.Reset));
    }

    [Test]
    public async Task A_first_read_that_is_given_up_resets_the_stream()
    {
        await using var sessions = new SessionPair(served => served.ExpectClosedAsync());
        OptimisticStream stream = Propose(sessions, Known);
        await stream.WriteAsync(new byte[3]).InTime();
        using var patience = new CancellationTokenSource();
        Task<int> reading = stream.ReadAsync(new byte[1], patience.Token).AsTask();
        await patience.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => reading.InTime());
        Assert.That(await ReasonAsync(stream), Is.EqualTo(StreamError.Reset));
    }

    [Test]
    public async Task A_remote_that_does_not_answer_the_proposal_is_waited_for_as_long_as_for_any_other()
    {
        await using var sessions = new SessionPair(served => served.ExpectClosedAsync());
        var time = new ManualTimeProvider();
        OptimisticStream stream = Propose(sessions, Known, time);
        await stream.WriteAsync(new byte[3]).InTime();
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();

        time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.That(reading.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromTicks(1));

        Assert.That(Assert.ThrowsAsync<StreamException>(() => reading.InTime())!.Reason, Is.EqualTo(StreamError.Timeout));
        Assert.That(await ReasonAsync(stream), Is.EqualTo(StreamError.Reset));
    }

    [Test]
    public async Task A_write_that_was_given_up_before_it_began_has_not_proposed_anything()
    {
        await using MuxedStream stream = _pair.Dialer.TryOpenKnownStream(_pair.Listener.PeerId, Known)!;
        Assert.CatchAsync<OperationCanceledException>(async () => await stream.WriteAsync(new byte[1], new CancellationToken(canceled: true)));
        Assert.CatchAsync<OperationCanceledException>(async () => await stream.WriteLastAsync(new byte[1], new CancellationToken(canceled: true)));
        await stream.WriteLastAsync("again"u8.ToArray()).InTime();

        Assert.That(Encoding.UTF8.GetString(await stream.ReadAllAsync()), Is.EqualTo("heard again"));
    }

    private static OptimisticStream Propose(SessionPair sessions, string protocol, TimeProvider? time = null) =>
        new(sessions.Initiator.OpenStream(), protocol, time ?? TimeProvider.System, Patience);

    private static Task<StreamError> ReasonAsync(OptimisticStream stream) =>
        Task.FromResult(Assert.ThrowsAsync<StreamException>(() => stream.ReadAsync(new byte[1]).AsTask().InTime())!.Reason);

    private static async Task AnswerAsync(MuxedStream stream)
    {
        byte[] heard = await stream.ReadAllAsync();
        await stream.WriteLastAsync((byte[])[.. "heard "u8, .. heard]);
    }
}
