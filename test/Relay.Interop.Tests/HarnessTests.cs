using System.Diagnostics;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;

namespace Relay.Interop.Tests;

/// <summary>
/// The harness itself, with js-libp2p's own relay in place of ours: the scenarios pass where the relay is right, and see it where one is wrong.
/// </summary>
public sealed class HarnessTests : InteropTest
{
    private const long Hour = 3600;

    [Test]
    public async Task Js_peers_meet_through_a_js_relay()
    {
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { Limited = false });
        (JsPeer listener, JsPeer dialer) = await StartTwoAsync();

        JsConnection connection = await CircuitScenarios.EchoesThroughAsync(relay.Address, listener, dialer, CircuitScenarios.MegaBytes16);

        Assert.That(connection.RemoteAddr, Does.Contain($"/p2p/{relay.PeerId}/p2p-circuit/p2p/{listener.PeerId}"));
        Assert.That(connection.Limits, Is.Null);
        await NodeScenarios.IdentifiesAsync(dialer, relay.Address, listsHop: true);
        Assert.That(await dialer.PingAsync(listener.PeerId), Is.GreaterThanOrEqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_js_reservation_is_found_right_in_every_field()
    {
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { ReservationTtl = (int)Hour * 1000, DataLimit = 131072, DurationLimit = 120 });
        JsPeer peer = await StartPeerAsync();

        CircuitMessage reply = await peer.ReserveAsync(relay.Address);

        TimeSpan ttl = TimeSpan.FromSeconds(Hour + 1); // js-libp2p rounds its expiry up as well as down
        var check = new ReservationCheck(relay.PeerId, peer.PeerId, ttl, DurationLimit: 120, DataLimit: 131072);
        Assert.That(check.Faults(reply), Is.Empty);
        Assert.That((check with { DataLimit = null, DurationLimit = 119, Ttl = 2 * ttl }).Faults(reply), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Refusals_are_seen_with_their_status()
    {
        JsPeer stranger = await StartPeerAsync();
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { MaxReservations = 1, Denied = [stranger.PeerId] });
        (JsPeer first, JsPeer second) = await StartTwoAsync();
        await NodeScenarios.StillServesAsync(first, relay.Address);

        await Refusals.ReserveIsRefusedAsync(second, relay.Address, RelayStatus.ReservationRefused);
        await Refusals.ListenIsRefusedAsync(second, relay.Address, "RESERVATION_REFUSED");
        await Refusals.ReserveIsRefusedAsync(stranger, relay.Address, RelayStatus.PermissionDenied);
        await Refusals.ConnectIsRefusedAsync(first, relay.Address, second.PeerId, RelayStatus.NoReservation);
    }

    [Test]
    public async Task A_destination_can_refuse_a_circuit()
    {
        JsPeer relay = await StartRelayAsync();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        await destination.TakeOverStopAsync();
        await destination.ReserveAsync(relay.Address);

        Task refused = Refusals.ConnectIsRefusedAsync(source, relay.Address, destination.PeerId, RelayStatus.ConnectionFailed);
        await (await destination.NextStopAsync()).RefuseAsync(RelayStatus.PermissionDenied);
        await refused;
    }

    [Test]
    public async Task Requests_over_a_circuit_are_refused()
    {
        JsPeer outer = await StartRelayAsync();
        JsPeer inner = await StartRelayAsync();
        (JsPeer peer, JsPeer destination) = await StartTwoAsync();
        await inner.ListenAsync($"{outer.Address}/p2p-circuit");
        string circuit = await inner.AnnouncesAsync(address => address.Contains("p2p-circuit", StringComparison.Ordinal));
        await destination.ReserveAsync(inner.Address);

        await Refusals.RelayedRequestsAreRefusedAsync(peer, circuit, destination.PeerId);
    }

    [Test]
    public async Task Bad_input_is_seen_to_be_answered()
    {
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { HopTimeout = 1000 });
        JsPeer peer = await StartPeerAsync();

        await BadInput.All.Single(input => input.Name == "a message without a type").IsAnsweredAsync(peer, relay.Address);
        await BadInput.Silence.IsAnsweredAsync(peer, relay.Address);
        await NodeScenarios.StillServesAsync(peer, relay.Address);
    }

    [Test]
    public async Task Raw_circuits_close_one_way_at_a_time_and_pass_resets_on()
    {
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { Limited = false });
        (JsPeer source, JsPeer destination) = await StartTwoAsync();

        RawCircuit circuit = await RawCircuit.OpenAsync(relay.Address, source, destination);
        await CircuitScenarios.HalfClosesAsync(circuit);
        await CircuitScenarios.HalfClosesAsync((await RawCircuit.ConnectAsync(relay.Address, source, destination)).Reversed());
        await CircuitScenarios.ResetsAsync(await RawCircuit.ConnectAsync(relay.Address, source, destination));
        await CircuitScenarios.ResetsAsync((await RawCircuit.ConnectAsync(relay.Address, source, destination)).Reversed());
    }

    [Test]
    public async Task Limits_are_measured_to_the_byte()
    {
        const long Limit = 100_000;
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { DataLimit = Limit });
        (JsPeer source, JsPeer destination) = await StartTwoAsync();

        await LimitScenarios.DeliversExactlyAsync(await RawCircuit.OpenAsync(relay.Address, source, destination), Limit);
        await LimitScenarios.ResetsOneOverAsync(await RawCircuit.ConnectAsync(relay.Address, source, destination), Limit);
    }

    [Test]
    public async Task The_deadline_of_a_circuit_is_seen_at_both_ends()
    {
        JsPeer relay = await StartRelayAsync(new JsRelayOptions { DurationLimit = 1500 });
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        RawCircuit circuit = await RawCircuit.OpenAsync(relay.Address, source, destination);

        await LimitScenarios.ResetsAtTheDeadlineAsync(circuit, () => Task.CompletedTask);
    }

    [Test]
    public async Task A_relay_that_comes_back_on_its_key_and_port_is_used_again()
    {
        byte[] seed = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
        JsPeer relay = await StartPeerAsync(new JsPeerOptions { Seed = seed, Listen = [AnyPort], Relay = new JsRelayOptions() });
        JsPeer peer = await StartPeerAsync();
        string address = relay.Address;
        await peer.ListenAsync($"{address}/p2p-circuit");

        await relay.StopNodeAsync();
        await NodeScenarios.LosesItsConnectionsAsync(peer);
        await relay.StartNodeAsync(new JsPeerOptions { Seed = seed, Listen = [address.Split("/p2p/")[0]], Relay = new JsRelayOptions() });

        Assert.That(relay.Address, Is.EqualTo(address));
        await peer.ListenAsync($"{address}/p2p-circuit");
    }

    [TestCase("libp2p-peer-record", null, false, "the voucher's signature is wrong")]
    [TestCase(null, "8206", false, "the payload type is 8206, not 0302")]
    [TestCase(null, null, true, "the voucher names the peer")]
    public async Task A_lying_relay_is_found_out(string? domain, string? payloadType, bool ofAnotherPeer, string fault)
    {
        JsPeer liar = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort] });
        JsPeer peer = await StartPeerAsync();
        await liar.TakeOverAsync(Protocols.Hop);
        long expire = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + Hour;
        string voucher = await liar.SealVoucherAsync(liar.PeerId, ofAnotherPeer ? liar.PeerId : peer.PeerId, expire, domain, payloadType);

        Task<CircuitMessage> reserving = peer.ReserveAsync(liar.Address);
        JsStream hop = await liar.AcceptAsync(Protocols.Hop);
        Assert.That((await hop.ReadMessageAsync()).Type, Is.EqualTo("RESERVE"));
        await hop.WriteMessageAsync(new { type = "STATUS", status = 100, reservation = new { expire, addrs = liar.Addresses, voucher } });

        var check = new ReservationCheck(liar.PeerId, peer.PeerId, TimeSpan.FromSeconds(Hour), DurationLimit: null, DataLimit: null);
        IReadOnlyList<string> faults = check.Faults(await reserving);
        Assert.That(faults, Has.Count.EqualTo(1));
        Assert.That(faults[0], Does.StartWith(fault));
    }

    [Test]
    public async Task A_peer_that_waits_in_vain_says_so()
    {
        JsPeer silent = await StartPeerAsync(new JsPeerOptions { Listen = [AnyPort] });
        JsPeer peer = await StartPeerAsync();
        await silent.TakeOverAsync(Protocols.Hop);
        JsStream hop = await peer.OpenHopAsync(silent.Address);

        var late = Assert.ThrowsAsync<JsPeerException>(() => hop.ReadMessageAsync(TimeSpan.FromMilliseconds(200)));
        Assert.That(late!.ErrorName, Is.EqualTo("TimeoutError"));

        await (await silent.AcceptAsync(Protocols.Hop)).ResetAsync();
        Assert.That((await hop.ClosedAsync()).Closed, Is.EqualTo(StreamEnd.Reset));
    }

    [Test]
    public async Task No_process_outlives_its_peer()
    {
        JsPeer peer = await JsPeer.StartAsync(JsEnvironment.Installation, new JsPeerOptions { Listen = [AnyPort] });
        Process process = Process.GetProcessById(peer.ProcessId);

        await peer.DisposeAsync();

        Assert.That(process.HasExited);
        Assert.That(peer.ExitCode, Is.Zero);
        Assert.ThrowsAsync<JsPeerException>(peer.ServeEchoAsync);
    }

    private Task<JsPeer> StartRelayAsync(JsRelayOptions? options = null) =>
        StartPeerAsync(new JsPeerOptions { Listen = [AnyPort], Relay = options ?? new JsRelayOptions() });
}
