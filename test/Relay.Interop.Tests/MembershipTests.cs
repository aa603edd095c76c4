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
}
