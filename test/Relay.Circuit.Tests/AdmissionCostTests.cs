using Relay.Multiformats;

namespace Relay.Circuit.Tests;

/// <summary>What a decision allocates, which does not depend on how many reservations there are.</summary>
[NonParallelizable]
internal sealed class AdmissionCostTests
{
    private const int Rounds = 1000;
    private static readonly Multiaddress Home = Multiaddress.Parse("/ip4/192.0.2.1/tcp/1");
    private static readonly PeerId[] Peers = TestPeers.Make(202);

    [TestCase(1)]
    [TestCase(200)]
    public void A_decision_allocates_little_however_much_is_held(int reservations)
    {
        var options = new CircuitRelayOptions
        {
            MaxReservations = 1000,
            MaxReservationsPerIp = 1000,
            ReservationRatePerPeer = null,
            ReservationRatePerIp = null,
            CircuitRatePerPeer = null,
            CircuitRatePerIp = null,
        };
        var admission = new Admission(options, TimeProvider.System);
        var allowed = new PolicyVerdict(AclVerdict.Allow(), admission.PolicyVersion);
        for (int i = 0; i < reservations; i++)
            admission.Reserve(new ReserveRequest(Peers[i], Home, IsRelayed: false, allowed), out _);
        var renewal = new ReserveRequest(Peers[0], Home, IsRelayed: false, allowed);
        ReserveRequest denied = new(Peers[200], Home, IsRelayed: false, new PolicyVerdict(AclVerdict.Deny(), admission.PolicyVersion));
        var connect = new ConnectRequest(Peers[200], Home, Peers[0], IsRelayed: false, IsDestinationConnected: true, allowed);
        ConnectRequest hopeless = connect with { Destination = Peers[201] };

        // A grant, a slot and their entries are objects; a refusal is a number, and a few words at most.
        Assert.Multiple(() =>
        {
            Assert.That(Measure(() => admission.Reserve(renewal, out _)), Is.LessThanOrEqualTo(512), "a renewal");
            Assert.That(Measure(() => admission.Reserve(denied, out _)), Is.LessThanOrEqualTo(128), "a refusal by access control");
            Assert.That(Measure(() => admission.Connect(hopeless, out _)), Is.LessThanOrEqualTo(128), "a refusal for want of a reservation");
            Assert.That(Measure(() => Circuit(admission, connect)), Is.LessThanOrEqualTo(512), "a circuit");
        });
    }

    private static void Circuit(Admission admission, ConnectRequest request)
    {
        admission.Connect(request, out CircuitSlot? slot);
        slot!.Dispose();
    }

    private static long Measure(Action decide)
    {
        decide(); // the first time is the compiler's
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
            decide();
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        TestContext.Out.WriteLine($"{each} bytes");
        return each;
    }
}
