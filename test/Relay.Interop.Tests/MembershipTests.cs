using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>A relay for the members in a file, and js-libp2p peers that are and are not in it.</summary>
public sealed class MembershipTests : RelayTest
{
    [Test]
    public async Task The_members_file_decides_and_a_change_of_it_flips_the_decision()
    {
        using var directory = new TemporaryDirectory();
        (JsPeer member, JsPeer stranger) = await StartTwoAsync();
        string members = directory.Write("members.txt", $"# the network\n{member.PeerId} # a member\n");
        RelayNode relay = await StartRelayAsync(
            service => (service.NetworkOnly, service.NetworkOnlyRefresh) = (true, TimeSpan.FromMilliseconds(100)),
            builder => builder.WithMembership(new FileMembershipSource(members)));

        var check = new ReservationCheck(relay.Id(), member.PeerId, TimeSpan.FromHours(1), DurationLimit: 1800, DataLimit: 1 << 30);
        Assert.That(check.Faults(await member.ReserveAsync(relay.Address())), Is.Empty);
        await Refusals.ReserveIsRefusedAsync(stranger, relay.Address(), RelayStatus.PermissionDenied);
        await Refusals.ListenIsRefusedAsync(stranger, relay.Address(), "PERMISSION_DENIED");
        Assert.That(relay.Counts.Reservations, Is.EqualTo(1));

        DateTimeOffset? before = relay.Membership!.ChangedAt;
        directory.Write("members.txt", $"{stranger.PeerId}\n");
        await Eventually.TrueAsync(() => relay.Membership!.ChangedAt != before, "the change of the members");

        await NodeScenarios.StillServesAsync(stranger, relay.Address());
        await Refusals.ReserveIsRefusedAsync(member, relay.Address(), RelayStatus.PermissionDenied);
    }

    [Test]
    public async Task A_stranger_reaches_a_member_through_the_relay()
    {
        (JsPeer member, JsPeer stranger) = await StartTwoAsync();
        RelayNode relay = await StartRelayAsync(
            service => service.NetworkOnly = true,
            builder => builder.WithMembership(new StaticMembershipSource([Multiformats.PeerId.Parse(member.PeerId)])));

        await CircuitScenarios.EchoesThroughAsync(relay.Address(), member, stranger, 100_000);
        await Refusals.ConnectIsRefusedAsync(member, relay.Address(), stranger.PeerId, RelayStatus.NoReservation);
    }

    [Test]
    public async Task Who_EdgeVPNs_API_has_seen_joins_within_one_refresh_and_survives_the_scrub_of_the_bucket()
    {
        (JsPeer member, JsPeer stranger) = await StartTwoAsync();
        await using var api = new EdgeVpnApiServer();
        api.Answers(EdgeVpnApiServer.Bucket((IdOf(stranger), DateTimeOffset.UtcNow - TimeSpan.FromDays(1))));
        using var source = new EdgeVpnMembershipSource(api.Api);
        RelayNode relay = await StartRelayAsync(
            service => (service.NetworkOnly, service.NetworkOnlyRefresh) = (true, TimeSpan.FromMilliseconds(100)), builder => builder.WithMembership(source));
        Assert.That(relay.Membership!.IsWindowOpen, Is.True, "a heartbeat of yesterday is none");

        api.Answers(EdgeVpnApiServer.Bucket((IdOf(member), DateTimeOffset.UtcNow)));
        await Eventually.EqualsAsync(false, () => relay.Membership!.IsWindowOpen, "the bootstrap window");
        await CircuitScenarios.EchoesThroughAsync(relay.Address(), member, stranger, 100_000);
        await Refusals.ReserveIsRefusedAsync(stranger, relay.Address(), RelayStatus.PermissionDenied);

        api.Answers("{}"); // the leader's scrub
        await NextRefreshAsync(relay);
        await NodeScenarios.StillServesAsync(member, relay.Address());

        api.Answers(500);
        await Eventually.TrueAsync(() => relay.Membership!.SourceErrors > 0, "the failure");
        await NodeScenarios.StillServesAsync(member, relay.Address());
        await Refusals.ReserveIsRefusedAsync(stranger, relay.Address(), RelayStatus.PermissionDenied);
    }

    [TestCase(Circuit.MembershipLoss.Keep)]
    [TestCase(Circuit.MembershipLoss.Evict)]
    [TestCase(Circuit.MembershipLoss.Drain)]
    public async Task A_lost_member_keeps_what_it_is_left(Circuit.MembershipLoss loss)
    {
        (JsPeer member, JsPeer source) = await StartTwoAsync();
        var ledger = new AliveLedger();
        ledger.Announce(IdOf(member), DateTimeOffset.UtcNow);
        RelayNode relay = await StartRelayAsync(
            service => (service.NetworkOnly, service.OnMembershipLoss, service.MembershipLossDrain) = (true, loss, TimeSpan.Zero),
            builder => builder.WithMembership(ledger));
        RawCircuit circuit = await RawCircuit.OpenAsync(relay.Address(), source, member);

        ledger.Revoke(IdOf(member));
        await relay.HasReservationsAsync(loss == Circuit.MembershipLoss.Keep ? 1 : 0);

        if (loss == Circuit.MembershipLoss.Drain)
        {
            Assert.That((await circuit.Source.DigestToEndAsync()).End, Is.EqualTo(StreamEnd.Reset));
            Assert.That((await circuit.Destination.DigestToEndAsync()).End, Is.EqualTo(StreamEnd.Reset));
        }
        else
        {
            await LimitScenarios.DeliversExactlyAsync(circuit, 100_000);
            await LimitScenarios.DeliversExactlyAsync(circuit.Reversed(), 100_000);
        }

        await relay.HasCircuitsAsync(0);
        await Eventually.EqualsAsync(1L, () => relay.Membership!.Revoked, "the revocation");
        await Refusals.ReserveIsRefusedAsync(member, relay.Address(), RelayStatus.PermissionDenied);
        if (loss != Circuit.MembershipLoss.Keep)
            await Refusals.ConnectIsRefusedAsync(source, relay.Address(), member.PeerId, RelayStatus.NoReservation);
    }

    private static Multiformats.PeerId IdOf(JsPeer peer) => Multiformats.PeerId.Parse(peer.PeerId);

    // A read that began after now has been dealt with.
    private static async Task NextRefreshAsync(RelayNode relay)
    {
        for (int i = 0; i < 2; i++)
        {
            DateTimeOffset? before = relay.Membership!.RefreshedAt;
            await Eventually.TrueAsync(() => relay.Membership!.RefreshedAt != before, "a refresh");
        }
    }
}
