using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Circuit.Tests;

/// <summary>
/// <see cref="Admission"/> against the obvious model of it, over random schedules: each two bytes are one step. Small caps and few peers, so that
/// everything collides.
/// </summary>
[TestFixture]
internal sealed class AdmissionProperties
{
    private static readonly PeerId[] Peers = TestPeers.Make(6);

    private static readonly Multiaddress[] Addresses =
    [
        Multiaddress.Parse("/dns4/example.org/tcp/1"),
        Multiaddress.Parse("/ip4/192.0.2.1/tcp/1"),
        Multiaddress.Parse("/ip4/192.0.2.2/tcp/1"),
        Multiaddress.Parse("/ip6/2001:db8::1/tcp/1"),
    ];

    private static readonly CircuitRelayOptions Options = new()
    {
        MaxReservations = 3,
        MaxReservationsPerIp = 2,
        MaxCircuitsPerPeer = 2,
        MaxCircuits = 4,
        ReservationTtl = TimeSpan.FromSeconds(10),
    };

    [FsCheck.NUnit.Property(MaxTest = 2000, EndSize = 300)]
    public void Every_decision_and_every_count_is_what_counting_by_hand_gives(byte[] schedule)
    {
        var time = new ManualTimeProvider();
        var admission = new Admission(Options, time);
        var model = new AdmissionModel(Options);
        List<CircuitSlot> slots = [];
        ReservationGrant? lastGrant = null;
        ReasonCode lastReserve = ReasonCode.None;

        for (int i = 0; i + 1 < schedule.Length; i += 2)
        {
            PeerId peer = Peers[schedule[i + 1] % Peers.Length];
            PeerId other = Peers[schedule[i + 1] / Peers.Length % Peers.Length];
            switch (schedule[i] % 8)
            {
                case 0 or 1:
                    Multiaddress address = Addresses[schedule[i + 1] / Peers.Length % Addresses.Length];
                    Decision? reserved = admission.Reserve(new ReserveRequest(peer, address, false, Yes(admission)), out ReservationGrant? grant);
                    ReasonCode expected = model.Reserve(peer, IpGroup.Of(address));
                    Assert.That(reserved?.Reason, Is.EqualTo(expected));
                    (lastGrant, lastReserve) = grant is null ? (lastGrant, lastReserve) : (grant, expected);
                    break;
                case 2 or 3:
                    Decision? connected = admission.Connect(new ConnectRequest(peer, Addresses[0], other, false, true, Yes(admission)), out CircuitSlot? slot);
                    Assert.That(connected?.Reason, Is.EqualTo(model.Connect(peer, other)));
                    if (slot is not null)
                        slots.Add(slot);
                    break;
                case 4 when slots.Count > 0:
                    CircuitSlot closed = slots[schedule[i + 1] % slots.Count];
                    slots.Remove(closed);
                    closed.Dispose();
                    closed.Dispose();
                    model.Close(closed.Source, closed.Destination);
                    break;
                case 5:
                    admission.Remove(peer);
                    model.Disconnect(peer);
                    break;
                case 6:
                    var step = TimeSpan.FromSeconds(schedule[i + 1] % 12);
                    time.Advance(step);
                    model.Now += step;
                    break;
                case 7 when lastGrant is not null:
                    if (schedule[i + 1] % 2 == 0)
                    {
                        admission.PolicyChanged();
                    }
                    else if (admission.Retract(lastGrant))
                    {
                        model.RetractLast(lastReserve);
                        lastGrant = null;
                    }

                    break;
            }

            Assert.That(admission.Counts, Is.EqualTo(model.Counts));
        }

        slots.ForEach(s => s.Dispose());
        time.Advance(Options.ReservationTtl);
        Assert.That(admission.Counts, Is.EqualTo(default(AdmissionCounts)));
    }

    private static PolicyVerdict Yes(Admission admission) => new(true, admission.PolicyVersion);
}
