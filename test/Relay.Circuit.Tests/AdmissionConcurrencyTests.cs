using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Circuit.Tests;

/// <summary><see cref="Admission"/> under many threads at once: whatever they do, every count is given back.</summary>
[TestFixture]
internal sealed class AdmissionConcurrencyTests
{
    private static readonly PeerId[] Peers = TestPeers.Make(8);

    private static readonly CircuitRelayOptions[] Options =
    [
        new() { MaxReservations = 5, MaxReservationsPerIp = 3, MaxTotalCircuits = 9, MaxCircuits = 4, MaxHopStreamsPerConnection = 3 },
        new() { MaxReservations = 3, Ipv4PrefixLength = 8, MaxReservationsPerIpv4Prefix = 2, CircuitRatePerPeer = null, MaxHopStreamsPerConnection = 1 },
        new() { ExemptNetworks = [System.Net.IPNetwork.Parse("10.0.0.0/30")], ReservationRatePerPeer = null, ReservationRatePerIp = null },
    ];

    [Test]
    public void Nothing_is_left_when_everybody_has_gone([Values(1, 2, 3)] int seed)
    {
        var time = new ManualTimeProvider();
        var admission = new Admission(Options[0], time);
        object[] connections = [new(), new(), new()];

        Parallel.For(0, 8, worker =>
        {
            var random = new Random((seed * 100) + worker);
            List<IDisposable> held = [];
            for (int i = 0; i < 4_000; i++)
            {
                PeerId peer = Peers[random.Next(Peers.Length)];
                Multiaddress address = Multiaddress.Parse($"/ip4/10.0.0.{random.Next(6)}/tcp/1");
                var verdict = new PolicyVerdict(true, admission.PolicyVersion);
                switch (random.Next(12))
                {
                    case 0 or 1 or 2:
                        admission.Reserve(new ReserveRequest(peer, address, false, verdict), out ReservationGrant? grant);
                        if (grant is not null && random.Next(4) == 0)
                            admission.Retract(grant);
                        break;
                    case 3 or 4 or 5:
                        admission.Connect(new ConnectRequest(peer, address, Peers[random.Next(Peers.Length)], false, true, verdict), out CircuitSlot? slot);
                        if (slot is not null)
                            held.Add(slot);
                        break;
                    case 6 when admission.EnterHop(connections[random.Next(connections.Length)], out _) is { } place:
                        held.Add(place);
                        break;
                    case 7 or 8 when held.Count > 0:
                        held[^1].Dispose();
                        held.RemoveAt(held.Count - 1);
                        break;
                    case 9:
                        admission.Disconnect(peer);
                        break;
                    case 10:
                        admission.Apply(Options[random.Next(Options.Length)]);
                        time.Advance(TimeSpan.FromSeconds(random.Next(100)));
                        break;
                    case 11:
                        admission.PolicyChanged();
                        foreach (ReservationHolder holder in admission.Holders().Take(1))
                            admission.Evict(holder, admission.PolicyVersion);
                        break;
                }
            }

            held.ForEach(thing => thing.Dispose());
        });

        AdmissionCounts counts = admission.Counts;
        AdmissionSums sums = admission.Sums;
        Assert.That((counts.Circuits, counts.CircuitPeers), Is.EqualTo((0, 0)));
        Assert.That((sums.PerPeer, sums.PerDestination, sums.HopStreams), Is.EqualTo((0, 0, 0)));
        Assert.That(sums.PerIp, Is.EqualTo(sums.PerPrefix).And.LessThanOrEqualTo(counts.Reservations));
        time.Advance(TimeSpan.FromHours(1));
        Assert.That((admission.Counts, admission.Sums), Is.EqualTo((default(AdmissionCounts), default(AdmissionSums))));
    }
}
