using System.Net;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>The connections of a node and the counts its caps are about. Thread-safe.</summary>
internal sealed class ConnectionTable(Libp2pOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PeerId, List<Connection>> _byPeer = [];
    private readonly Dictionary<IPAddress, int> _byIp = [];
    private int _total;
    private int _pending;

    /// <summary>Connections established, and inbound ones still in their handshakes.</summary>
    public (int Established, int Pending) Counts
    {
        get
        {
            lock (_lock)
                return (_byPeer.Values.Sum(static list => list.Count), _pending);
        }
    }

    /// <summary>Connections that have a place, established or not.</summary>
    public int Total
    {
        get
        {
            lock (_lock)
                return _total;
        }
    }

    /// <summary>Takes a place for an inbound connection before any of its bytes is read.</summary>
    /// <returns>The place, to be disposed when the connection has ended; null, and why, when there is none.</returns>
    public ConnectionSlot? TryAdmitInbound(IPAddress? remote, out string? refusal)
    {
        IPAddress? counted = remote is null || IPAddress.IsLoopback(remote) ? null : remote;
        lock (_lock)
        {
            int sameIp = counted is null ? 0 : _byIp.GetValueOrDefault(counted);
            refusal =
                _total >= options.MaxConnections ? $"there are {_total} connections, as many as there may be"
                : _pending >= options.MaxPendingHandshakes ? $"{_pending} handshakes are under way, as many as there may be"
                : sameIp >= options.MaxConnectionsPerIp ? $"its address has {sameIp} connections, as many as it may"
                : null;
            if (refusal is not null)
                return null;
            _total++;
            _pending++;
            if (counted is not null)
                _byIp[counted] = sameIp + 1;
            return new ConnectionSlot(this, counted, isPending: true);
        }
    }

    /// <summary>Takes a place for a connection this node dials; null when there is none.</summary>
    public ConnectionSlot? TryAdmitOutbound()
    {
        lock (_lock)
        {
            if (_total >= options.MaxConnections)
                return null;
            _total++;
            return new ConnectionSlot(this, null, isPending: false);
        }
    }

    public void Add(Connection connection)
    {
        lock (_lock)
        {
            if (!_byPeer.TryGetValue(connection.RemotePeer, out List<Connection>? list))
                _byPeer.Add(connection.RemotePeer, list = new List<Connection>(1));
            list.Add(connection);
        }
    }

    /// <returns>Whether it was the last direct connection to its peer.</returns>
    public bool Remove(Connection connection)
    {
        lock (_lock)
        {
            if (!_byPeer.TryGetValue(connection.RemotePeer, out List<Connection>? list) || !list.Remove(connection))
                return false;
            if (list.Count == 0)
                _byPeer.Remove(connection.RemotePeer);
            return !connection.IsRelayed && !list.Exists(static c => !c.IsRelayed);
        }
    }

    /// <summary>A usable connection to <paramref name="peer"/>: direct before relayed, without limits before limited; null when there is none.</summary>
    public Connection? Find(PeerId peer, bool directOnly)
    {
        lock (_lock)
        {
            if (!_byPeer.TryGetValue(peer, out List<Connection>? list))
                return null;
            Connection? direct = list.Find(static c => !c.IsRelayed && c.IsUsable);
            return direct is not null || directOnly
                ? direct
                : list.Find(static c => c.Limit is null && c.IsUsable) ?? list.Find(static c => c.IsUsable);
        }
    }

    public Connection[] Snapshot()
    {
        lock (_lock)
            return [.. _byPeer.Values.SelectMany(static list => list)];
    }

    public void EndPending()
    {
        lock (_lock)
            _pending--;
    }

    public void Release(IPAddress? counted, bool isPending)
    {
        lock (_lock)
        {
            _total--;
            if (isPending)
                _pending--;
            if (counted is not null && --_byIp[counted] == 0)
                _byIp.Remove(counted);
        }
    }
}
