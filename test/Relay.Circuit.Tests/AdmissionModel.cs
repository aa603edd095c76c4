using Relay.Multiformats;

namespace Relay.Circuit.Tests;

/// <summary>What <see cref="Admission"/> should do, the slow and obvious way: lists, and counting them each time.</summary>
internal sealed class AdmissionModel(CircuitRelayOptions options)
{
    private readonly List<(PeerId Peer, IpGroup? Ip, TimeSpan End, int Grant)> _reservations = [];
    private readonly List<(PeerId Source, PeerId Destination)> _circuits = [];
    private int _grants;

    public TimeSpan Now { get; set; }

    public AdmissionCounts Counts => new(
        Live.Count(),
        _circuits.Count,
        Live.Where(r => r.Ip is not null).Select(r => r.Ip).Distinct().Count(),
        _circuits.SelectMany(c => new[] { c.Source, c.Destination }).Distinct().Count());

    private IEnumerable<(PeerId Peer, IpGroup? Ip, TimeSpan End, int Grant)> Live => _reservations.Where(r => r.End > Now);

    public ReasonCode Reserve(PeerId peer, IpGroup? ip)
    {
        bool isRenewal = Live.Any(r => r.Peer == peer);
        if (!isRenewal && Live.Count() >= options.MaxReservations)
            return ReasonCode.ReservationsFull;
        if (ip is not null && Live.Count(r => r.Ip == ip && r.Peer != peer) >= options.MaxReservationsPerIp)
            return ReasonCode.ReservationsPerIpFull;

        _reservations.RemoveAll(r => r.Peer == peer);
        _reservations.Add((peer, ip, Now + options.ReservationTtl, ++_grants));
        return isRenewal ? ReasonCode.Renewed : ReasonCode.Reserved;
    }

    /// <summary>Takes back the last grant, if it was the peer's first.</summary>
    public void RetractLast(ReasonCode lastReserve)
    {
        if (lastReserve == ReasonCode.Reserved)
            _reservations.RemoveAll(r => r.Grant == _grants);
    }

    public ReasonCode Connect(PeerId source, PeerId destination)
    {
        if (source == destination)
            return ReasonCode.PeerIsSelf;
        if (!Live.Any(r => r.Peer == destination))
            return ReasonCode.NoReservation;
        if (CircuitsOf(source) >= options.MaxCircuitsPerPeer)
            return ReasonCode.SourceCircuitsFull;
        if (CircuitsOf(destination) >= options.MaxCircuitsPerPeer)
            return ReasonCode.DestinationCircuitsFull;
        if (_circuits.Count >= options.MaxCircuits)
            return ReasonCode.CircuitsFull;

        _circuits.Add((source, destination));
        return ReasonCode.CircuitAdmitted;
    }

    public void Close(PeerId source, PeerId destination) => _circuits.Remove((source, destination));

    public void Disconnect(PeerId peer) => _reservations.RemoveAll(r => r.Peer == peer);

    private int CircuitsOf(PeerId peer) => _circuits.Count(c => c.Source == peer || c.Destination == peer);
}
