using Microsoft.Extensions.Logging;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;
using Relay.TestKit.Wire;

namespace Relay.Tests.Nodes;

/// <summary>
/// A relay whose words are damaged, in the same way in every run, over real sockets: as its peer's destination, source and holder of a reservation, a node ends
/// every exchange in a status, a reset or a typed exception, holds nothing afterwards, and is of use to others.
/// </summary>
[TestFixture]
[CancelAfter(240_000)]
internal sealed class HostileRelayTests : NodeTest
{
    private static readonly PeerId Somebody = IdentityKey.Generate().PeerId;

    private readonly IdentityKey _identity = IdentityKey.Generate();
    private RecordingLogger _log = null!;
    private Libp2pNode _relay = null!;
    private RelayNode _node = null!;
    private Func<IHostStream, Task> _hop = _ => Task.CompletedTask;

    [SetUp]
    public async Task StartAsync()
    {
        _log = new RecordingLogger();
        _relay = new Libp2pNode(new Libp2pOptions { ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")] }, _identity);
        _relay.Handle(CircuitProtocol.Hop, async stream =>
        {
            var hop = new EmbeddedStream(stream);
            await hop.ReceiveMessageAsync();
            await _hop(hop);
        });
        await _relay.StartAsync();
        _node = await StartPeerAsync(supply: builder => builder.WithLoggerFactory(_log));
    }

    [TearDown]
    public async Task It_serves_others_and_nothing_failed_that_nobody_expected()
    {
        RelayNode other = await StartPeerAsync();
        await other.DialAsync(_node.ListenAddresses[0]).InTime();
        Assert.That(await other.PingAsync(_node.PeerId).InTime(), Is.GreaterThan(TimeSpan.Zero));
        await _relay.DisposeAsync();
        Assert.That(_log.AtLeast(LogLevel.Warning).Where(entry => entry.Exception is not null), Is.Empty);
        _log.Dispose();
    }

    private Multiaddress Address => _relay.ListenAddresses[0];

    private static async Task AnswerAsync(IHostStream stream, byte[] answer)
    {
        await stream.SendAsync(answer);
        await stream.FinishAsync();
        await stream.ReceiveToEndAsync();
    }

    // All that an answer to RESERVE can hold.
    private byte[] Granted()
    {
        ulong end = (ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        byte[] payload = new RawMessage().With(1, _relay.PeerId.ToByteArray()).With(2, _node.PeerId.ToByteArray()).With(3, end).ToBytes();
        byte[] voucher = SignedEnvelope.Seal(_identity, "libp2p-relay-rsvp", [0x03, 0x02], payload).ToByteArray();
        RawMessage reservation = new RawMessage().With(1, end).With(2, Address.ToByteArray()).With(3, voucher);
        return RawHop.Answer(Status.Ok).With(3, reservation).With(4, new RawMessage().With(1, 120).With(2, 1 << 17)).ToFrame();
    }

    private async Task ReserveAsync()
    {
        _hop = stream => AnswerAsync(stream, Granted());
        await _node.Relays.ReserveAsync(Address).InTime();
    }

    [Test]
    public async Task Damaged_STOP_requests_end_in_an_answer_or_a_reset([Values(41, 42)] int seed)
    {
        await ReserveAsync();
        byte[] good = RawStop.Connect(Somebody).With(3, new RawMessage().With(1, 120).With(2, 1 << 17)).ToFrame();
        HashSet<Status> seen = [];
        foreach (byte[] frame in Mutations.Of([good, RawStop.Answer(Status.Ok).ToFrame()], seed, 300))
        {
            await using var stop = new EmbeddedStream(await _relay.OpenStreamAsync(_node.PeerId, CircuitProtocol.Stop).InTime());
            try
            {
                await stop.SendAsync(frame);
                await stop.FinishAsync();
                seen.Add(RawStop.StatusOf(await stop.ReceiveMessageAsync()));
            }
            catch (Exception e) when (e is HostStreamException or EndOfStreamException)
            {
                continue; // reset before an answer
            }

            await stop.ReceiveToEndAsync();
        }

        Assert.That(seen, Is.SupersetOf(new[] { Status.MalformedMessage, Status.UnexpectedMessage }), "whatever is wrong is told so");
        Assert.That(_node.Relays.Known.Single().State, Is.EqualTo(RelayState.Reserved), "the reservation has not suffered");
        await Eventually.EqualsAsync((1, 0), () => (_node.Connections.Count, _node.Connections.Count(connection => connection.IsRelayed)), "connections: that to the relay");
    }

    [Test]
    public async Task Damaged_bytes_in_a_circuit_that_was_accepted_end_it([Values(43)] int seed)
    {
        await ReserveAsync();
        byte[] inner = [.. "\u0013/multistream/1.0.0\n\u0007/noise\n"u8, 0, 32, .. new byte[32]];
        foreach (byte[] bytes in Mutations.Of([inner], seed, 200))
        {
            await using var stop = new EmbeddedStream(await _relay.OpenStreamAsync(_node.PeerId, CircuitProtocol.Stop).InTime());
            try
            {
                await stop.SendAsync((byte[])[.. RawStop.Connect(Somebody).ToFrame(), .. bytes]);
                await stop.FinishAsync();
            }
            catch (HostStreamException)
            {
                // It has had enough already.
            }

            await stop.ReceiveToEndAsync();
        }

        await Eventually.EqualsAsync(0, () => _node.Counts.PendingHandshakes, "handshakes");
    }

    [Test]
    public async Task Damaged_answers_to_CONNECT_are_typed_failures([Values(44, 45)] int seed)
    {
        byte[][] answers =
        [
            RawHop.Answer(Status.Ok).With(4, new RawMessage().With(1, 120).With(2, 1 << 17)).ToFrame(),
            [.. RawHop.Answer(Status.Ok).ToFrame(), .. "\u0013/multistream/1.0.0\n\u0007/noise\n"u8],
            RawHop.Answer(Status.NoReservation).ToFrame(),
        ];
        Multiaddress behind = Address.Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{Somebody}"));
        HashSet<Type> seen = [];
        await _node.DialAsync(Address).InTime(); // or each attempt would need a connection of its own
        foreach (byte[] answer in Mutations.Of(answers, seed, 300))
        {
            _hop = stream => AnswerAsync(stream, answer);
            Exception? failure = Assert.CatchAsync(() => _node.DialAsync(behind).InTime());
            Assert.That(failure, Is.InstanceOf<RelayException>().Or.InstanceOf<DialException>(), Convert.ToHexStringLower(answer));
            seen.Add(failure!.GetType());
        }

        Assert.That(seen, Is.EquivalentTo(new[] { typeof(RelayException), typeof(DialException) }));
        await Eventually.EqualsAsync(1, () => _node.Connections.Count, "connections: that to the relay");
    }

    [Test]
    public async Task Damaged_answers_to_RESERVE_are_reservations_or_typed_failures([Values(46, 47)] int seed)
    {
        await _node.DialAsync(Address).InTime(); // or each attempt would need a connection of its own
        int granted = 0, refused = 0;
        foreach (byte[] answer in Mutations.Of([Granted(), RawHop.Answer(Status.ReservationRefused).ToFrame()], seed, 300))
        {
            _hop = stream => AnswerAsync(stream, answer);
            try
            {
                await _node.Relays.ReserveAsync(Address).InTime();
                granted++;
            }
            catch (RelayException)
            {
                refused++;
            }
        }

        Assert.That((granted > 0, refused > 0), Is.EqualTo((true, true)), "both happen");
    }
}
