using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>What must be true of every answer that is not OK.</summary>
internal static class Refusals
{
    /// <summary>RESERVE is refused with this status and grants nothing.</summary>
    public static async Task ReserveIsRefusedAsync(JsPeer peer, string relay, RelayStatus status) =>
        IsRefusal(await peer.ReserveAsync(relay), status);

    /// <summary>CONNECT is refused with this status.</summary>
    public static async Task ConnectIsRefusedAsync(JsPeer source, string relay, string destination, RelayStatus status)
    {
        (CircuitMessage reply, JsStream hop) = await source.ConnectAsync(relay, destination);
        IsRefusal(reply, status);
        await hop.CloseWriteAsync();
    }

    /// <summary>A relay that is itself reached through another grants nothing over that circuit, and connects nobody.</summary>
    /// <param name="peer">A peer with no other connection to the relay.</param>
    /// <param name="circuit">The relay's address behind the other relay: <c>OTHER/p2p-circuit/p2p/RELAY</c>.</param>
    /// <param name="destination">A peer that holds a reservation on the relay.</param>
    public static async Task RelayedRequestsAreRefusedAsync(JsPeer peer, string circuit, string destination)
    {
        await ReserveIsRefusedAsync(peer, circuit, RelayStatus.PermissionDenied);
        await ConnectIsRefusedAsync(peer, circuit, destination, RelayStatus.PermissionDenied);
    }

    /// <summary>js-libp2p's own client does not get to listen on the relay, and names the status.</summary>
    public static async Task ListenIsRefusedAsync(JsPeer peer, string relay, string statusName)
    {
        var error = Assert.ThrowsAsync<JsPeerException>(() => peer.ListenAsync($"{relay}/p2p-circuit"));
        Assert.That(error!.Message, Does.Contain(statusName));
        Assert.That(await peer.CallAsync<PeerAddresses>("addresses"), Has.Property(nameof(PeerAddresses.Addresses)).None.Contains("p2p-circuit"));
    }

    /// <param name="reply">What came.</param>
    /// <param name="status">What must have come.</param>
    /// <param name="to">What it answers, for the message of a failure.</param>
    public static void IsRefusal(CircuitMessage reply, RelayStatus status, string? to = null)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reply.Type, Is.EqualTo("STATUS"), to);
            Assert.That(reply.Status, Is.EqualTo(status), to);
            Assert.That(reply.Reservation, Is.Null, to);
            Assert.That(reply.Limit, Is.Null, to);
        }
    }
}
