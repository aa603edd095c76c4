using Relay.Circuit.Host;
using Relay.Multiformats;
using Relay.TestKit;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>The client, against a relay made of bytes.</summary>
[TestFixture]
internal sealed class RelayClientTests
{
    private ManualTimeProvider _time = null!;
    private InMemoryNetwork _network = null!;
    private InMemoryHost _relay = null!;
    private InMemoryHost _peer = null!;
    private RelayClient _client = null!;
    private ulong _inAnHour;

    [SetUp]
    public void ConnectPeer()
    {
        _time = new ManualTimeProvider();
        _network = new InMemoryNetwork();
        _relay = _network.AddHost();
        _peer = _network.AddHost();
        _network.Connect(_peer, _relay);
        _client = new RelayClient(_peer, _time);
        _inAnHour = (ulong)_time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
    }

    [TearDown]
    public async Task Nothing_is_left_open()
    {
        Assert.That(_peer.OpenStreams, Is.Zero);
        Assert.That(_time.ActiveTimers, Is.Zero);
        await _network.DisposeAsync();
    }

    [Test]
    public async Task A_reservation_has_all_the_relay_said()
    {
        RawMessage? request = null;
        Serve(async stream =>
        {
            request = await stream.ReceiveMessageAsync();
            await stream.SendAsync(Ok(Granted().With(3, Voucher())).With(4, new RawMessage().With(1, 120)));
            await stream.FinishAsync();
            await stream.ReceiveToEndAsync();
        });

        Reservation reservation = await _client.ReserveAsync(_relay.LocalPeer).InTime();

        Assert.That(request!.ToBytes(), Is.EqualTo(RawHop.Reserve().ToBytes()));
        var expiration = DateTimeOffset.FromUnixTimeSeconds((long)_inAnHour);
        Assert.That((reservation.Relay, reservation.Expiration), Is.EqualTo((_relay.LocalPeer, expiration)));
        Assert.That(reservation.Voucher, Is.EqualTo(new ReservationVoucher(_relay.LocalPeer, _peer.LocalPeer, expiration)));
        Assert.That(reservation.Limit, Is.EqualTo(new CircuitLimit(TimeSpan.FromMinutes(2), null)));
        Assert.That(reservation.Addresses.Select(a => a.ToString()), Is.EqualTo(new[] { "/ip4/192.0.2.1/tcp/4001", "/ip4/192.0.2.1/tcp/4002" }));
    }

    [Test]
    public async Task A_voucher_addresses_and_a_limit_are_optional()
    {
        Answer(Ok(new RawMessage().With(1, _inAnHour)).With(4, new RawMessage().With(1, 0).With(2, 0)));
        Reservation reservation = await _client.ReserveAsync(_relay.LocalPeer).InTime();
        Assert.That((reservation.Voucher, reservation.Limit, reservation.Addresses.Count), Is.EqualTo((null as ReservationVoucher, null as CircuitLimit, 0)));
    }

    [TestCase(Status.PermissionDenied)]
    [TestCase(Status.ReservationRefused)]
    [TestCase((Status)999)]
    public async Task A_refusal_carries_its_status(Status status)
    {
        Answer(RawHop.Answer(status));
        await FailsAsync(RelayError.Refused, status);
    }

    [Test]
    public async Task Whatever_is_no_answer_is_malformed()
    {
        foreach (byte[] bytes in new[]
        {
            [0],
            [0x81, 0x20],
            [3, 0xff, 0xff, 0xff],
            RawHop.Reserve().ToFrame(),
            new RawMessage().With(5, 100).ToFrame(),
            new RawMessage().With(1, 2).ToFrame(),
            RawHop.Answer(Status.Ok).ToFrame(),
            Ok(new RawMessage()).ToFrame(),
            Ok(new RawMessage().With(1, ulong.MaxValue)).ToFrame(),
        })
        {
            using (Answer(bytes))
                await FailsAsync(RelayError.MalformedAnswer);
        }
    }

    [Test]
    public async Task A_reservation_of_the_past_is_none([Values(0, 1)] int secondsAgo)
    {
        _time.Advance(TimeSpan.FromMilliseconds(400)); // to a whole second: what ends now is over
        Answer(Ok(new RawMessage().With(1, (ulong)_time.GetUtcNow().ToUnixTimeSeconds() - (ulong)secondsAgo)));
        await FailsAsync(RelayError.Expired);
    }

    [Test]
    public async Task A_voucher_that_is_not_right_spoils_the_reservation()
    {
        IdentityKey stranger = TestPeers.Key(9);
        byte[] damaged = Voucher();
        damaged[^1] ^= 1;
        foreach (byte[] voucher in new[]
        {
            [],
            damaged,
            Voucher(signer: stranger),
            Voucher(relay: stranger.PeerId),
            Voucher(signer: stranger, relay: stranger.PeerId),
            Voucher(peer: stranger.PeerId),
            Voucher(expiration: _inAnHour + 1),
            Voucher(domain: "libp2p-relay-rsvq"),
            Voucher(payload: [0xff]),
        })
        {
            using (Answer(Ok(Granted().With(3, voucher)).ToFrame()))
                await FailsAsync(RelayError.InvalidVoucher);
        }
    }

    [Test]
    public async Task A_relay_that_is_not_there_or_is_none_or_hangs_up()
    {
        await FailsAsync(RelayError.ProtocolNotSupported);
        using (Serve(stream => stream.FinishAsync()))
            await FailsAsync(RelayError.Interrupted);
        using (Serve(_ => Task.CompletedTask))
            await FailsAsync(RelayError.Interrupted);

        _peer.CloseConnections();
        await FailsAsync(RelayError.NotConnected);
    }

    [Test]
    public async Task A_relay_that_says_nothing_is_given_up_on_in_time()
    {
        var done = new TaskCompletionSource();
        Serve(_ => done.Task);
        Task failing = FailsAsync(RelayError.TimedOut);
        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(60));

        _time.Advance(TimeSpan.FromSeconds(60));

        await failing.InTime();
        done.SetResult();
    }

    [Test]
    public async Task The_callers_token_ends_it_as_a_cancellation()
    {
        var done = new TaskCompletionSource();
        Serve(_ => done.Task);
        using var caller = new CancellationTokenSource();
        Task<Reservation> reserving = _client.ReserveAsync(_relay.LocalPeer, caller.Token);
        Task<CircuitStream> connecting = _client.ConnectAsync(_relay.LocalPeer, TestPeers.Key(9).PeerId, caller.Token);

        await caller.CancelAsync();

        Assert.That(async () => await reserving.InTime(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await connecting.InTime(), Throws.InstanceOf<OperationCanceledException>());
        done.SetResult();
    }

    [Test]
    public async Task A_refused_circuit_carries_its_status()
    {
        Answer(RawHop.Answer(Status.NoReservation));
        RelayException refused = Assert.ThrowsAsync<RelayException>(() => _client.ConnectAsync(_relay.LocalPeer, TestPeers.Key(9).PeerId).InTime())!;
        Assert.That((refused.Reason, refused.Status), Is.EqualTo((RelayError.Refused, (Status?)Status.NoReservation)));
        await _relay.HandlersHaveEndedAsync();
    }

    [Test]
    public async Task A_circuit_begins_right_after_the_answer()
    {
        PeerId destination = TestPeers.Key(9).PeerId;
        byte[]? received = null;
        Serve(async stream =>
        {
            Assert.That((await stream.ReceiveMessageAsync()).ToBytes(), Is.EqualTo(RawHop.Connect(destination).ToBytes()));
            await stream.SendAsync([.. RawHop.Answer(Status.Ok).With(4, new RawMessage().With(2, 77)).ToFrame(), 1, 2, 3]);
            await stream.FinishAsync();
            received = await stream.ReceiveAllAsync();
        });

        await using CircuitStream circuit = await _client.ConnectAsync(_relay.LocalPeer, destination).InTime();

        Assert.That((circuit.Relay, circuit.Peer, circuit.Limit), Is.EqualTo((_relay.LocalPeer, destination, new CircuitLimit(null, 77))));
        byte[] buffer = new byte[10];
        Assert.That(await circuit.ReadAsync(buffer, CancellationToken.None), Is.EqualTo(3));
        Assert.That(await circuit.ReadAsync(buffer, CancellationToken.None), Is.Zero);
        await circuit.WriteAsync(new byte[] { 9 }, CancellationToken.None);
        await circuit.CloseWriteAsync(CancellationToken.None);
        await _relay.HandlersHaveEndedAsync();
        Assert.That(received, Is.EqualTo(new byte[] { 9 }));
    }

    private async Task FailsAsync(RelayError reason, Status? status = null)
    {
        RelayException? failure = null;
        try
        {
            await _client.ReserveAsync(_relay.LocalPeer).InTime();
        }
        catch (RelayException e)
        {
            failure = e;
        }

        Assert.That(failure, Is.Not.Null);
        Assert.That((failure!.Reason, failure.Status), Is.EqualTo((reason, status)), failure.Message);
        Assert.That(failure.InnerException is TimeoutException, Is.EqualTo(reason == RelayError.TimedOut));
    }

    private IDisposable Serve(Func<IHostStream, Task> relay) => _relay.Handle(CircuitProtocol.Hop, relay);

    private void Answer(RawMessage answer) => Answer(answer.ToFrame());

    private IDisposable Answer(byte[] answer) => Serve(async stream =>
    {
        await stream.ReceiveMessageAsync();
        await stream.SendAsync(answer);
        await stream.FinishAsync();
        await stream.ReceiveToEndAsync();
    });

    private static RawMessage Ok(RawMessage reservation) => new RawMessage().With(1, 2).With(3, reservation).With(5, 100);

    private RawMessage Granted() => new RawMessage()
        .With(1, _inAnHour)
        .With(2, Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001").ToByteArray())
        .With(2, [0xff, 0xff])
        .With(2, Multiaddress.Parse($"/ip4/192.0.2.9/tcp/1/p2p/{_relay.LocalPeer}/p2p-circuit").ToByteArray())
        .With(2, Multiaddress.Parse("/ip4/192.0.2.1/tcp/4002").ToByteArray());

    private byte[] Voucher(
        IdentityKey? signer = null,
        PeerId? relay = null,
        PeerId? peer = null,
        ulong? expiration = null,
        string domain = "libp2p-relay-rsvp",
        byte[]? payload = null)
    {
        payload ??= new RawMessage()
            .With(1, (relay ?? _relay.LocalPeer).ToByteArray())
            .With(2, (peer ?? _peer.LocalPeer).ToByteArray())
            .With(3, expiration ?? _inAnHour)
            .ToBytes();
        return SignedEnvelope.Seal(signer ?? _relay.Key, domain, [0x03, 0x02], payload).ToByteArray();
    }
}
