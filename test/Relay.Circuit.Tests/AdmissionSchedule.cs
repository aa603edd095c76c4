using System.Net;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Circuit.Tests;

/// <summary>
/// A random schedule, played to <see cref="Admission"/> and to the obvious model of it. Each step is three bytes. Small caps, few peers and networks and short
/// times, so that everything collides.
/// </summary>
internal sealed class AdmissionSchedule
{
    private static readonly PeerId[] Peers = TestPeers.Make(6);
    private static readonly PeerId Outsider = TestPeers.Key(99).PeerId;

    private static readonly Multiaddress[] Addresses =
    [
        .. new[] { "/dns4/example.org", "/ip4/192.0.2.1", "/ip4/192.0.2.2", "/ip6/::ffff:192.0.2.1", "/ip4/198.51.100.1", "/ip6/2001:db8::1", "/ip6/2001:db8::2" }
            .Select(host => Multiaddress.Parse(host + "/tcp/1")),
    ];

    private static readonly CircuitRelayOptions[] Options = MakeOptions();

    private readonly ManualTimeProvider _time = new();
    private readonly Admission _admission;
    private readonly AdmissionModel _model = new(Options[0]);
    private readonly List<CircuitSlot> _slots = [];
    private readonly List<HopPlace> _places = [];
    private readonly object[] _connections = [new(), new()];
    private ReservationGrant? _lastGrant;
    private ReasonCode _lastReserve;

    public AdmissionSchedule() => _admission = new Admission(Options[0], _time);

    /// <summary>Plays the schedule; after every step all counts are what counting by hand gives.</summary>
    public void Play(byte[] schedule)
    {
        for (int i = 0; i + 2 < schedule.Length; i += 3)
        {
            Step(schedule[i], schedule[i + 1], schedule[i + 2]);
            Assert.That((_admission.Counts, _admission.Sums), Is.EqualTo((_model.Counts, _model.Sums)));
            Assert.That(RatesMemory % RelayMemory.PerRateEntry, Is.Zero, "what memory is counted for besides reservations and circuits");
            Assert.That(RatesMemory, Is.InRange(0, 2 * RelayMemory.PerRateEntry * (i + 3)));
        }

        _slots.ForEach(slot => slot.Dispose());
        _places.ForEach(place => place.Dispose());
        _time.Advance(Options.Max(options => options.ReservationTtl));
        Assert.That((_admission.Counts, _admission.Sums), Is.EqualTo((default(AdmissionCounts), default(AdmissionSums))), "nothing is left");
        _admission.Apply(new CircuitRelayOptions()); // which has no rates
        Assert.That(_admission.ReservedMemory, Is.Zero);
    }

    private long RatesMemory
        => _admission.ReservedMemory - _model.Counts.Reservations * RelayMemory.PerReservation - _slots.Sum(static slot => RelayMemory.OfCircuit(slot.Options.BufferSize, 0));

    private void Step(byte what, byte who, byte how)
    {
        PeerId peer = Peers[who % Peers.Length];
        PeerId other = Peers[who / Peers.Length % Peers.Length];
        Multiaddress address = Addresses[how % Addresses.Length];
        switch (what % 16)
        {
            case 0 or 1 or 2:
                Reserve(peer, address, how % 3 == 0 ? TimeSpan.FromSeconds(1 + (how / 3 % 12)) : null);
                break;
            case 3 or 4 or 5:
                Connect(peer, address, other);
                break;
            case 6 when _slots.Count > 0:
                Close(_slots[who % _slots.Count]);
                break;
            case 7:
                Assert.That(_admission.Disconnect(peer), Is.EqualTo(_model.Remove(peer)));
                break;
            case 8 or 9:
                Advance(TimeSpan.FromMilliseconds(who % 8 * 500));
                break;
            case 10:
                _admission.PolicyChanged();
                break;
            case 11:
                CircuitRelayOptions options = Options[who % Options.Length];
                _admission.Apply(options);
                _model.Apply(options);
                break;
            case 12:
                Evict(who, isStale: how % 4 == 0);
                break;
            case 13 when _lastGrant is not null:
                if (_admission.Retract(_lastGrant))
                    _model.RetractLast(_lastReserve);
                _lastGrant = null;
                break;
            case 14:
                Enter(_connections[who % _connections.Length]);
                break;
            case 15 when _places.Count > 0:
                Leave(_places[who % _places.Count]);
                break;
        }
    }

    private void Reserve(PeerId peer, Multiaddress address, TimeSpan? longest)
    {
        IPAddress? ip = IpOf(address);
        bool isCountedHere = _model.Holds(peer, ip);
        int before = _model.GrantOf(peer);
        ReservationHolder[] holders = _admission.Holders();
        var request = new ReserveRequest(peer, address, false, new PolicyVerdict(AclVerdict.Allow(null, longest), _admission.PolicyVersion));

        Assert.That(_admission.Explain(request)?.Reason, Is.EqualTo(_model.JudgeReserve(peer, ip)));
        Decision decision = _admission.Reserve(request, out ReservationGrant? grant)!.Value;
        ReasonCode expected = _model.Reserve(peer, ip, longest);

        Assert.That(decision.Reason, Is.EqualTo(expected));
        Assert.That(grant is not null, Is.EqualTo(decision.IsGranted));
        if (isCountedHere)
            Assert.That(expected, Is.EqualTo(ReasonCode.Renewed), "a renewal from where the peer is counted already");
        if (!decision.IsGranted)
        {
            Assert.That(decision.Current, Is.GreaterThanOrEqualTo(decision.Maximum).And.GreaterThan(0), decision.ToString());
            Assert.That(_admission.Holders(), Is.EqualTo(holders), "a refusal leaves everything as it was");
            Assert.That(_model.GrantOf(peer), Is.EqualTo(before));
        }

        (_lastGrant, _lastReserve) = grant is null ? (_lastGrant, _lastReserve) : (grant, expected);
    }

    private void Connect(PeerId source, Multiaddress address, PeerId destination)
    {
        var request = new ConnectRequest(source, address, destination, false, true, Yes);
        Assert.That(_admission.Explain(request)?.Reason, Is.EqualTo(_model.JudgeConnect(source, IpOf(address), destination)));

        Assert.That(_admission.Connect(request, out CircuitSlot? slot)?.Reason, Is.EqualTo(_model.Connect(source, IpOf(address), destination)));
        if (slot is not null)
            _slots.Add(slot);
    }

    private void Close(CircuitSlot slot)
    {
        _slots.Remove(slot);
        slot.Dispose();
        slot.Dispose();
        _model.Close(slot.Source, slot.Destination);
    }

    private void Advance(TimeSpan step)
    {
        _time.Advance(step);
        _model.Now += step;
        foreach (PeerId peer in Peers)
        {
            var request = new ConnectRequest(Outsider, Addresses[0], peer, false, true, Yes);
            bool isReachable = _admission.Explain(request)?.Reason != ReasonCode.NoReservation;
            Assert.That(isReachable, Is.EqualTo(_model.Holders.Contains(peer)), "an expired reservation is unusable at once, and one that has not is not");
        }
    }

    private void Evict(byte who, bool isStale)
    {
        ReservationHolder[] holders = _admission.Holders();
        Assert.That(holders.Select(holder => holder.Peer), Is.EquivalentTo(_model.Holders));
        if (holders.Length == 0)
            return;

        ReservationHolder holder = holders[who % holders.Length];
        Assert.That(_admission.Evict(holder with { Serial = holder.Serial - 1 }, _admission.PolicyVersion), Is.False, "renewed since");
        Assert.That(_admission.Evict(holder, _admission.PolicyVersion - (isStale ? 1 : 0)), Is.EqualTo(!isStale));
        if (!isStale)
            _model.Remove(holder.Peer);
    }

    private void Enter(object connection)
    {
        int before = _places.Count(place => place.Connection == connection);
        int maximum = _model.Options.MaxHopStreamsPerConnection;
        HopPlace? place = _admission.EnterHop(connection, out Decision? refusal);
        Assert.That((place is null, refusal is not null), Is.EqualTo((before >= 2 * maximum, before >= maximum)));
        if (place is null)
            return;
        _places.Add(place);
        _model.HopStreams++;
    }

    private void Leave(HopPlace place)
    {
        _places.Remove(place);
        place.Dispose();
        place.Dispose();
        _model.HopStreams--;
    }

    private PolicyVerdict Yes => new(true, _admission.PolicyVersion);

    private static IPAddress? IpOf(Multiaddress address)
        => !address.TryGetIPAddress(out IPAddress? ip) ? null : ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;

    private static CircuitRelayOptions[] MakeOptions()
    {
        var tight = new CircuitRelayOptions
        {
            MaxReservations = 4,
            MaxReservationsPerIp = 2,
            MaxReservationsPerIpv4Prefix = 3,
            MaxReservationsPerIpv6Prefix = 1,
            MaxCircuits = 3,
            MaxCircuitsPerDestination = 2,
            MaxTotalCircuits = 4,
            MaxHopStreamsPerConnection = 2,
            ReservationTtl = TimeSpan.FromSeconds(10),
            ReservationRatePerPeer = new Rate(4, TimeSpan.FromSeconds(5)),
            ReservationRatePerIp = new Rate(5, TimeSpan.FromSeconds(7)),
            CircuitRatePerPeer = new Rate(4, TimeSpan.FromSeconds(3)),
            CircuitRatePerIp = new Rate(5, TimeSpan.FromSeconds(4)),
        };
        return
        [
            tight,
            tight with { MaxReservations = 2, ReservationTtl = TimeSpan.FromSeconds(3), ReservationRatePerPeer = new Rate(2, TimeSpan.FromSeconds(9)) },
            tight with { Ipv4PrefixLength = 8, Ipv6PrefixLength = 128, MaxReservationsPerIpv6Prefix = 2, MaxReservationsPerIp = 1, CircuitRatePerIp = null, BufferSize = 1500 },
            tight with { ExemptNetworks = [IPNetwork.Parse("192.0.2.0/30"), IPNetwork.Parse("2001:db8::2/128")], MaxCircuitsPerDestination = null },
            tight with { ExemptNetworks = [IPNetwork.Parse("::ffff:192.0.2.1/128")], MaxReservationsPerIpv4Prefix = 1, ReservationRatePerIp = null },
        ];
    }
}
