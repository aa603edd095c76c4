using System.Net;
using Relay.Multiformats;

namespace Relay.Circuit.Tests;

/// <summary>What <see cref="Admission"/> should do, the slow and obvious way: lists, and counting them each time.</summary>
internal sealed class AdmissionModel(CircuitRelayOptions options)
{
    private readonly List<(PeerId Peer, IPAddress? Ip, TimeSpan End, int Grant)> _reservations = [];
    private readonly List<(PeerId Source, PeerId Destination)> _circuits = [];
    private readonly List<(string Rate, object Key, TimeSpan At)> _done = [];
    private int _grants;

    public TimeSpan Now { get; set; }

    public CircuitRelayOptions Options { get; private set; } = options;

    public int HopStreams { get; set; }

    public AdmissionCounts Counts => new(
        Live.Count(),
        _circuits.Count,
        Counted.Select(r => r.Ip).Distinct().Count(),
        _circuits.SelectMany(c => new[] { c.Source, c.Destination }).Distinct().Count());

    public AdmissionSums Sums => new(
        Counted.Count(), Counted.Count(), Counted.Select(r => PrefixOf(r.Ip!)).Distinct().Count(), 2 * _circuits.Count, _circuits.Count, HopStreams);

    public IEnumerable<PeerId> Holders => Live.Select(r => r.Peer);

    private IEnumerable<(PeerId Peer, IPAddress? Ip, TimeSpan End, int Grant)> Live => _reservations.Where(r => r.End > Now);

    private IEnumerable<(PeerId Peer, IPAddress? Ip, TimeSpan End, int Grant)> Counted => Live.Where(r => IsCounted(r.Ip));

    public bool Holds(PeerId peer, IPAddress? at) => Live.Any(r => r.Peer == peer && Equals(r.Ip, at));

    public int GrantOf(PeerId peer) => Live.Where(r => r.Peer == peer).Select(r => r.Grant).SingleOrDefault();

    public ReasonCode JudgeReserve(PeerId peer, IPAddress? ip)
    {
        bool isRenewal = Live.Any(r => r.Peer == peer);
        if (!isRenewal && Live.Count() >= Options.MaxReservations)
            return ReasonCode.ReservationsFull;
        if (IsCounted(ip))
        {
            if (!Counted.Any(r => r.Peer == peer && r.Ip!.Equals(ip)) && Counted.Count(r => r.Ip!.Equals(ip)) >= Options.MaxReservationsPerIp)
                return ReasonCode.ReservationsPerIpFull;
            int? most = IsIpv4(ip!) ? Options.MaxReservationsPerIpv4Prefix : Options.MaxReservationsPerIpv6Prefix;
            var neighbours = Counted.Where(r => PrefixOf(r.Ip!) == PrefixOf(ip!)).ToList();
            if (neighbours.TrueForAll(r => r.Peer != peer) && neighbours.Count >= most)
                return ReasonCode.ReservationsPerPrefixFull;
        }

        if (isRenewal)
            return ReasonCode.Renewed;
        return IsExhausted(nameof(Options.ReservationRatePerPeer), peer, Options.ReservationRatePerPeer) ? ReasonCode.ReservationRatePerPeerExceeded
            : IsExhausted(nameof(Options.ReservationRatePerIp), RateKey(ip), Options.ReservationRatePerIp) ? ReasonCode.ReservationRatePerIpExceeded
            : ReasonCode.Reserved;
    }

    public ReasonCode Reserve(PeerId peer, IPAddress? ip, TimeSpan? longest)
    {
        ReasonCode reason = JudgeReserve(peer, ip);
        if (reason == ReasonCode.Reserved)
        {
            Do(nameof(Options.ReservationRatePerPeer), peer);
            Do(nameof(Options.ReservationRatePerIp), RateKey(ip));
        }

        if (reason is ReasonCode.Reserved or ReasonCode.Renewed)
        {
            _reservations.RemoveAll(r => r.Peer == peer);
            _reservations.Add((peer, ip, Now + (longest < Options.ReservationTtl ? longest.Value : Options.ReservationTtl), ++_grants));
        }

        return reason;
    }

    /// <summary>Takes back the last grant, if it was the peer's first.</summary>
    public void RetractLast(ReasonCode lastReserve)
    {
        if (lastReserve == ReasonCode.Reserved)
            _reservations.RemoveAll(r => r.Grant == _grants);
    }

    public ReasonCode JudgeConnect(PeerId source, IPAddress? ip, PeerId destination)
        => source == destination ? ReasonCode.PeerIsSelf
            : !Holders.Contains(destination) ? ReasonCode.NoReservation
            : CircuitsOf(source) >= Options.MaxCircuits ? ReasonCode.SourceCircuitsFull
            : CircuitsOf(destination) >= Options.MaxCircuits ? ReasonCode.DestinationCircuitsFull
            : _circuits.Count(c => c.Destination == destination) >= Options.MaxCircuitsPerDestination ? ReasonCode.CircuitsPerDestinationFull
            : _circuits.Count >= Options.MaxTotalCircuits ? ReasonCode.CircuitsFull
            : IsExhausted(nameof(Options.CircuitRatePerPeer), source, Options.CircuitRatePerPeer) ? ReasonCode.CircuitRatePerPeerExceeded
            : IsExhausted(nameof(Options.CircuitRatePerIp), RateKey(ip), Options.CircuitRatePerIp) ? ReasonCode.CircuitRatePerIpExceeded
            : ReasonCode.CircuitAdmitted;

    public ReasonCode Connect(PeerId source, IPAddress? ip, PeerId destination)
    {
        ReasonCode reason = JudgeConnect(source, ip, destination);
        if (reason == ReasonCode.CircuitAdmitted)
        {
            _circuits.Add((source, destination));
            Do(nameof(Options.CircuitRatePerPeer), source);
            Do(nameof(Options.CircuitRatePerIp), RateKey(ip));
        }

        return reason;
    }

    public void Close(PeerId source, PeerId destination) => _circuits.Remove((source, destination));

    public bool Remove(PeerId peer)
    {
        bool held = Holders.Contains(peer);
        _reservations.RemoveAll(r => r.Peer == peer);
        return held;
    }

    public void Apply(CircuitRelayOptions next)
    {
        ForgetIfChanged(nameof(next.ReservationRatePerPeer), Options.ReservationRatePerPeer, next.ReservationRatePerPeer);
        ForgetIfChanged(nameof(next.ReservationRatePerIp), Options.ReservationRatePerIp, next.ReservationRatePerIp);
        ForgetIfChanged(nameof(next.CircuitRatePerPeer), Options.CircuitRatePerPeer, next.CircuitRatePerPeer);
        ForgetIfChanged(nameof(next.CircuitRatePerIp), Options.CircuitRatePerIp, next.CircuitRatePerIp);
        Options = next;

        void ForgetIfChanged(string name, Rate? before, Rate? after)
        {
            if (before != after)
                _done.RemoveAll(d => d.Rate == name);
        }
    }

    private int CircuitsOf(PeerId peer) => _circuits.Count(c => c.Source == peer || c.Destination == peer);

    private bool IsExhausted(string name, object? key, Rate? rate)
        => key is not null && rate is { } limit && _done.Count(d => d.Rate == name && d.Key.Equals(key) && d.At + limit.Period > Now) >= limit.Count;

    private void Do(string name, object? key)
    {
        if (key is not null)
            _done.Add((name, key, Now));
    }

    private bool IsCounted(IPAddress? ip)
        => ip is not null && !Options.ExemptNetworks.Any(network => network.Contains(Fold(ip)) || (IsIpv4(ip) && network.Contains(ip.MapToIPv6())));

    private string? RateKey(IPAddress? ip) => !IsCounted(ip) ? null : IsIpv4(ip!) ? $"{Fold(ip!)}" : PrefixOf(ip!);

    private string PrefixOf(IPAddress ip)
    {
        int length = IsIpv4(ip) ? Options.Ipv4PrefixLength : Options.Ipv6PrefixLength;
        string bits = string.Concat(Fold(ip).GetAddressBytes().Select(b => b.ToString("b8")));
        return $"{bits[..length]}/{bits.Length}";
    }

    private static bool IsIpv4(IPAddress ip) => Fold(ip).GetAddressBytes().Length == 4;

    private static IPAddress Fold(IPAddress ip) => ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
}
