using Relay.TestKit;
using Relay.TestKit.Network;

namespace Relay.Circuit.Tests;

/// <summary>All three roles together: our client, our relay, our destination.</summary>
[TestFixture]
internal sealed class EndToEndTests : InMemoryRelayFixture
{
    [Test]
    public async Task A_client_reserves_is_reached_and_both_ends_know_the_limits()
    {
        StartRelay(new CircuitRelayOptions { MaxDuration = TimeSpan.FromMinutes(2), MaxData = 131072 });
        InMemoryHost destination = await AddPeerAsync();
        InMemoryHost source = await AddPeerAsync();
        CircuitLimit? told = null;
        await using var stop = new StopService(
            destination,
            async circuit =>
            {
                told = circuit.Limit;
                await using CircuitStream stream = await circuit.AcceptAsync();
                await stream.WriteAsync("hello"u8.ToArray(), CancellationToken.None);
                await stream.CloseWriteAsync(CancellationToken.None);
                Assert.That(await stream.ReadAsync(new byte[1], CancellationToken.None), Is.Zero);
            },
            Time);

        Reservation reservation = await new RelayClient(destination, Time).ReserveAsync(RelayHost.LocalPeer).InTime();
        Assert.That(reservation.Expiration, Is.GreaterThan(Time.GetUtcNow()));
        Assert.That(reservation.Voucher, Is.EqualTo(new ReservationVoucher(RelayHost.LocalPeer, destination.LocalPeer, reservation.Expiration)));
        Assert.That(reservation.Addresses.Select(a => a.PeerId), Is.EqualTo([RelayHost.LocalPeer]));

        await using CircuitStream circuit = await new RelayClient(source, Time).ConnectAsync(RelayHost.LocalPeer, destination.LocalPeer).InTime();
        byte[] buffer = new byte[10];
        Assert.That(await circuit.ReadAsync(buffer, CancellationToken.None).InTime(), Is.EqualTo(5));
        Assert.That(await circuit.ReadAsync(buffer, CancellationToken.None).InTime(), Is.Zero);
        await circuit.CloseWriteAsync(CancellationToken.None);

        await CircuitsAreAsync(0);
        var limit = new CircuitLimit(TimeSpan.FromMinutes(2), 131072);
        Assert.That((reservation.Limit, circuit.Limit, told), Is.EqualTo((limit, limit, limit)));
    }

    [Test]
    public async Task A_destination_that_refuses_is_CONNECTION_FAILED_to_the_client()
    {
        StartRelay();
        InMemoryHost destination = await AddPeerAsync();
        await using var stop = new StopService(destination, circuit => circuit.RefuseAsync(Status.PermissionDenied).AsTask(), Time);
        await new RelayClient(destination, Time).ReserveAsync(RelayHost.LocalPeer).InTime();
        var client = new RelayClient(await AddPeerAsync(), Time);

        RelayException failure = Assert.ThrowsAsync<RelayException>(() => client.ConnectAsync(RelayHost.LocalPeer, destination.LocalPeer).InTime())!;

        Assert.That((failure.Reason, failure.Status), Is.EqualTo((RelayError.Refused, (Status?)Status.ConnectionFailed)));
    }
}
