using System.Net;
using Relay.Circuit.Wire;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Circuit.Tests;

/// <summary>The rules of <see cref="Admission"/>, one by one.</summary>
[TestFixture]
internal sealed class AdmissionTests
{
    private static readonly PeerId[] Peers = TestPeers.Make(8);
    private static readonly Multiaddress Home = Multiaddress.Parse("/ip4/192.0.2.1/tcp/1");
    private static readonly Multiaddress Away = Multiaddress.Parse("/ip4/198.51.100.1/tcp/1");
    private static readonly Multiaddress Nowhere = Multiaddress.Parse("/dns4/example.org/tcp/4001");

    private readonly ManualTimeProvider _time = new();
    private Admission _admission = null!;

    [SetUp]
    public void CreateAdmission() => Use(new CircuitRelayOptions
    {
        MaxReservations = 3,
        MaxReservationsPerIp = 2,
        MaxCircuits = 2,
        MaxTotalCircuits = 3,
        ReservationTtl = TimeSpan.FromMinutes(1),
    });

    [Test]
    public void Reserve_looks_at_the_relayed_connection_before_access_control()
    {
        Decision? decision = _admission.Reserve(new ReserveRequest(Peers[0], Home, IsRelayed: true, No), out ReservationGrant? grant);
        Assert.That(decision, Is.EqualTo(new Decision(Status.PermissionDenied, ReasonCode.OverRelay)));
        Assert.That(grant, Is.Null);
    }

    [Test]
    public void Reserve_looks_at_access_control_before_caps()
    {
        Fill();
        Assert.That(Reserve(7, Home, No), Is.EqualTo(new Decision(Status.PermissionDenied, ReasonCode.AclDenied, Detail: "no members here")));
        Assert.That(Reserve(7, Home).Status, Is.EqualTo(Status.ReservationRefused));
    }

    [Test]
    public void Connect_looks_at_relayed_then_message_then_access_control_then_reservation_then_caps()
    {
        Reserve(1, Home);
        var hopeless = new ConnectRequest(Peers[0], Away, null, IsRelayed: true, IsDestinationConnected: false, No);
        Assert.That(Connect(hopeless), Is.EqualTo((Status.PermissionDenied, ReasonCode.OverRelay)));
        Assert.That(Connect(hopeless = hopeless with { IsRelayed = false }), Is.EqualTo((Status.MalformedMessage, ReasonCode.PeerInvalid)));
        Assert.That(Connect(hopeless with { Destination = Peers[0] }), Is.EqualTo((Status.MalformedMessage, ReasonCode.PeerIsSelf)));
        Assert.That(Connect(hopeless = hopeless with { Destination = Peers[2] }), Is.EqualTo((Status.PermissionDenied, ReasonCode.AclDenied)));
        Assert.That(Connect(hopeless = hopeless with { Verdict = Yes }), Is.EqualTo((Status.NoReservation, ReasonCode.NoReservation)));
        Assert.That(Connect(hopeless = hopeless with { Destination = Peers[1] }), Is.EqualTo((Status.NoReservation, ReasonCode.DestinationNotConnected)));
        Assert.That(Connect(hopeless with { IsDestinationConnected = true }), Is.EqualTo((Status.Ok, ReasonCode.CircuitAdmitted)));
    }

    [Test]
    public void No_verdict_and_a_verdict_of_an_old_policy_are_no_decision()
    {
        var request = new ReserveRequest(Peers[0], Home, IsRelayed: false);
        Assert.That(_admission.Reserve(request, out _), Is.Null);

        PolicyVerdict old = Yes;
        _admission.PolicyChanged();
        Assert.That(_admission.Reserve(request with { Verdict = old }, out ReservationGrant? grant), Is.Null);
        Assert.That(grant, Is.Null);
        Assert.That(_admission.Connect(new ConnectRequest(Peers[0], Away, Peers[1], false, true, old), out CircuitSlot? slot), Is.Null);
        Assert.That(slot, Is.Null);

        Assert.That(_admission.Reserve(request with { Verdict = Yes }, out _)?.Status, Is.EqualTo(Status.Ok));
    }

    [Test]
    public void A_full_table_refuses_with_its_numbers_and_renews()
    {
        Fill();
        Assert.That(Reserve(3, Nowhere), Is.EqualTo(new Decision(Status.ReservationRefused, ReasonCode.ReservationsFull, "MaxReservations", 3, 3)));
        Assert.That(Reserve(0, Home).Reason, Is.EqualTo(ReasonCode.Renewed));
        Assert.That(_admission.Counts.Reservations, Is.EqualTo(3));
    }

    [Test]
    public void An_address_refuses_the_peer_too_many_and_renews_the_others()
    {
        Reserve(0, Home);
        Reserve(1, Home);
        Assert.That(
            Reserve(2, Home),
            Is.EqualTo(new Decision(Status.ReservationRefused, ReasonCode.ReservationsPerIpFull, "MaxReservationsPerIp", 2, 2)));
        Assert.That(Reserve(1, Home).Reason, Is.EqualTo(ReasonCode.Renewed));
        Assert.That(Reserve(2, Away).Reason, Is.EqualTo(ReasonCode.Reserved));
    }

    [Test]
    public void A_renewal_from_a_full_address_is_refused_and_leaves_the_reservation_as_it_was()
    {
        Reserve(0, Home);
        Reserve(1, Away);
        Reserve(2, Away);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.That(Reserve(0, Away).Reason, Is.EqualTo(ReasonCode.ReservationsPerIpFull));

        Assert.That(IsReachable(0), Is.True);
        _admission.Disconnect(Peers[1]);
        Assert.That(Reserve(3, Home).Reason, Is.EqualTo(ReasonCode.Reserved), "one place at home");
        Assert.That(Reserve(4, Home).Status, Is.EqualTo(Status.ReservationRefused), "the other is still the first peer's");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(IsReachable(0), Is.False, "its end has not moved");
    }

    [Test]
    public void A_renewal_from_another_address_moves_the_peer_there()
    {
        Reserve(0, Home);
        Reserve(1, Home);
        Assert.That(Reserve(0, Away).Reason, Is.EqualTo(ReasonCode.Renewed));
        Assert.That(Reserve(2, Home).Reason, Is.EqualTo(ReasonCode.Reserved));
        Assert.That(_admission.Counts, Is.EqualTo(new AdmissionCounts(3, 0, 2, 0)));
    }

    [Test]
    public void An_IPv4_mapped_address_is_the_IPv4_address_and_no_IP_address_has_no_cap()
    {
        IpGroup? home = IpGroup.Of(Home);
        Assert.That(IpGroup.Of(IPAddress.Parse("::ffff:192.0.2.1")), Is.EqualTo(home));
        Assert.That(IpGroup.Of(IPAddress.Parse("2001:db8::1")), Is.Not.EqualTo(IpGroup.Of(IPAddress.Parse("2001:db8::2"))));
        Assert.That(IpGroup.Of(IPAddress.Parse("::c000:201")), Is.Not.EqualTo(home), "the same bits in another family");
        Assert.That(IpGroup.Of(Multiaddress.Parse("/ip6/::ffff:192.0.2.1/tcp/4001")), Is.EqualTo(home));
        Assert.That(IpGroup.Of(Nowhere), Is.Null);

        for (int i = 0; i < 3; i++)
            Assert.That(Reserve(i, Nowhere).Status, Is.EqualTo(Status.Ok));
        Assert.That(_admission.Counts.Addresses, Is.Zero);
    }

    [Test]
    public void Expiry_follows_the_monotonic_clock()
    {
        Reserve(0, Home);
        _time.JumpWallClock(TimeSpan.FromDays(2));
        Assert.That(IsReachable(0), Is.True);
        _time.JumpWallClock(TimeSpan.FromDays(-4));

        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.That(IsReachable(0), Is.True);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(IsReachable(0), Is.False);
        Assert.That(_admission.Counts, Is.EqualTo(default(AdmissionCounts)));
    }

    [Test]
    public void What_is_announced_is_whole_seconds_and_never_after_the_end()
    {
        for (int i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(137));
            _admission.Reserve(Request(0, Home), out ReservationGrant? grant);
            DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
            Assert.That(grant!.Expiration, Is.GreaterThan(end - TimeSpan.FromSeconds(1)).And.LessThanOrEqualTo(end));
            Assert.That(grant.Expiration.Ticks % TimeSpan.TicksPerSecond, Is.Zero);
            Assert.That(grant.IsRenewal, Is.EqualTo(i > 0));
        }
    }

    [Test]
    public void A_verdict_can_shorten_a_reservation_and_never_lengthens_it()
    {
        AclVerdict window = AclVerdict.Allow("window", TimeSpan.FromSeconds(20));
        Assert.That(Reserve(0, Home, new PolicyVerdict(window, _admission.PolicyVersion)).Detail, Is.EqualTo("window"));
        Assert.That(Reserve(1, Home, new PolicyVerdict(AclVerdict.Allow(null, TimeSpan.FromHours(2)), _admission.PolicyVersion)).IsGranted);
        _admission.Reserve(Request(2, Away) with { Verdict = new PolicyVerdict(window, _admission.PolicyVersion) }, out ReservationGrant? grant);
        Assert.That(grant!.Expiration, Is.EqualTo(UnixTime.Floor(_time.GetUtcNow() + TimeSpan.FromSeconds(20))));

        _time.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        Assert.That((IsReachable(0), IsReachable(1)), Is.EqualTo((true, true)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That((IsReachable(0), IsReachable(1)), Is.EqualTo((false, true)));
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.That(IsReachable(1), Is.False);

        Assert.That(() => AclVerdict.Allow(null, TimeSpan.FromMilliseconds(999)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Caps_on_circuits_name_the_role_and_their_numbers()
    {
        Use(new CircuitRelayOptions { MaxCircuits = 2, MaxTotalCircuits = 3 });
        Reserve(0, Home);
        Reserve(1, Home);
        Open(0, 1);
        Open(1, 0);
        Assert.That(Full(0, 1), Is.EqualTo((ReasonCode.SourceCircuitsFull, "MaxCircuits", 2, 2)));
        Assert.That(Full(2, 1), Is.EqualTo((ReasonCode.DestinationCircuitsFull, "MaxCircuits", 2, 2)));

        Reserve(3, Away);
        Open(2, 3);
        Assert.That(Full(4, 3), Is.EqualTo((ReasonCode.CircuitsFull, "MaxTotalCircuits", 3, 3)));
    }

    [Test]
    public void A_slot_gives_its_counts_back_once_however_often_and_wherever_it_is_disposed()
    {
        Reserve(1, Home);
        CircuitSlot kept = Open(0, 1);
        CircuitSlot slot = Open(0, 1);

        Parallel.For(0, 64, _ => slot.Dispose());

        Assert.That(_admission.Counts, Is.EqualTo(new AdmissionCounts(1, 1, 1, 2)));
        kept.Dispose();
        Assert.That(_admission.Counts, Is.EqualTo(new AdmissionCounts(1, 0, 1, 0)));
    }

    [Test]
    public void A_grant_is_taken_back_unless_it_was_a_renewal_or_was_renewed()
    {
        ReservationGrant first = Grant(0);
        Assert.That(_admission.Retract(first), Is.True);
        Assert.That(_admission.Retract(first), Is.False);
        Assert.That(_admission.Counts, Is.EqualTo(default(AdmissionCounts)));

        ReservationGrant second = Grant(0);
        ReservationGrant renewal = Grant(0);
        Assert.That(_admission.Retract(renewal), Is.False);
        Assert.That(_admission.Retract(second), Is.False, "the renewal was delivered");
        Assert.That(IsReachable(0), Is.True);
    }

    [Test]
    public void Clearing_drops_reservations_and_leaves_circuits_to_their_slots()
    {
        Reserve(1, Home);
        CircuitSlot slot = Open(0, 1);

        _admission.Clear();

        Assert.That(_admission.Counts, Is.EqualTo(new AdmissionCounts(0, 1, 0, 2)));
        slot.Dispose();
        Assert.That(_admission.Counts, Is.EqualTo(default(AdmissionCounts)));
    }

    [Test]
    public void A_judgement_of_a_circuit_that_is_older_than_the_last_counts_for_nothing()
    {
        Grant(0);
        using CircuitSlot slot = Open(1, 0);
        slot.Readmit(2);
        Assert.That(slot.Expel(TimeSpan.Zero, 1), Is.False);
        Assert.That(slot.EndReason, Is.EqualTo(ReasonCode.None));
        Assert.That(slot.Expel(TimeSpan.FromSeconds(1), 3), Is.True);
        slot.Readmit(2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(slot.EndReason, Is.EqualTo(ReasonCode.MembershipLost));
    }

    private PolicyVerdict Yes => new(true, _admission.PolicyVersion);

    private PolicyVerdict No => new(AclVerdict.Deny("no members here"), _admission.PolicyVersion);

    private void Use(CircuitRelayOptions options) => _admission = new Admission(options, _time);

    private ReserveRequest Request(int peer, Multiaddress address) => new(Peers[peer], address, IsRelayed: false, Yes);

    private Decision Reserve(int peer, Multiaddress address, PolicyVerdict? verdict = null)
        => _admission.Reserve(Request(peer, address) with { Verdict = verdict ?? Yes }, out _)!.Value;

    private ReservationGrant Grant(int peer)
    {
        _admission.Reserve(Request(peer, Home), out ReservationGrant? grant);
        return grant!;
    }

    private void Fill()
    {
        Reserve(0, Home);
        Reserve(1, Home);
        Reserve(2, Away);
    }

    private (Status Status, ReasonCode Reason) Connect(ConnectRequest request)
    {
        Decision decision = _admission.Connect(request, out CircuitSlot? slot)!.Value;
        Assert.That(slot is not null, Is.EqualTo(decision.Status == Status.Ok));
        slot?.Dispose();
        return (decision.Status, decision.Reason);
    }

    private bool IsReachable(int peer) => Connect(new ConnectRequest(Peers[7], Away, Peers[peer], false, true, Yes)).Status == Status.Ok;

    private CircuitSlot Open(int source, int destination)
    {
        _admission.Connect(new ConnectRequest(Peers[source], Away, Peers[destination], false, true, Yes), out CircuitSlot? slot);
        return slot!;
    }

    private (ReasonCode Reason, string? Limit, long Current, long Maximum) Full(int source, int destination)
    {
        Decision decision = _admission.Connect(new ConnectRequest(Peers[source], Away, Peers[destination], false, true, Yes), out CircuitSlot? slot)!.Value;
        Assert.That((decision.Status, slot), Is.EqualTo((Status.ResourceLimitExceeded, (CircuitSlot?)null)));
        return (decision.Reason, decision.Limit, decision.Current, decision.Maximum);
    }
}
