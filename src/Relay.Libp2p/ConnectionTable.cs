using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>The connections of a node and the counts its caps are about. Thread-safe.</summary>
internal sealed class ConnectionTable(Libp2pOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PeerId, List<Connection>> _byPeer = [];
    private readonly Dictionary<IPAddress, int> _byIp = [];
    private readonly LinkedList<ConnectionSlot> _pending = []; // in the order they came
    private int _total;

    /// <summary>Connections established, and inbound ones still in their handshakes.</summary>
    public (int Established, int Pending) Counts
    {
        get
        {
            lock (_lock)
                return (_byPeer.Values.Sum(static list => list.Count), _pending.Count);
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

    /// <summary>
    /// Takes a place for an inbound connection before any of its bytes is read. When too many are in their handshakes, the one that has been for the longest
    /// makes room: who means well is through in a moment, so what fills the places stalls.
    /// </summary>
    /// <returns>
    /// The place, to be disposed when the connection has ended; null, and why, when there is none, and whether one would be if another connection gave way.
    /// </returns>
    public ConnectionSlot? TryAdmitInbound(IPAddress? remote, out string? refusal, out bool isFull)
    {
        isFull = false;
        IPAddress? counted = Group(remote);
        ConnectionSlot? stalled;
        ConnectionSlot slot;
        lock (_lock)
        {
            int sameIp = counted is null ? 0 : _byIp.GetValueOrDefault(counted);
            stalled = _pending.Count >= options.MaxPendingHandshakes ? _pending.First!.Value : null;
            isFull = sameIp < options.MaxConnectionsPerIp && stalled is null && _total >= options.MaxConnections;
            refusal =
                sameIp >= options.MaxConnectionsPerIp ? $"its address has {sameIp} connections, as many as it may"
                : isFull ? $"there are {_total} connections, as many as there may be"
                : null;
            if (refusal is not null)
                return null;
            if (stalled is not null)
                ReleaseNeedsLock(stalled);
            _total++;
            if (counted is not null)
                _byIp[counted] = _byIp.GetValueOrDefault(counted) + 1;
            slot = new ConnectionSlot(this, counted);
            slot.Pending = _pending.AddLast(slot);
        }

        stalled?.GiveUp();
        return slot;
    }

    /// <summary>Takes a place for a connection this node dials; null when there is none.</summary>
    public ConnectionSlot? TryAdmitOutbound()
    {
        lock (_lock)
        {
            if (_total >= options.MaxConnections)
                return null;
            _total++;
            return new ConnectionSlot(this, null);
        }
    }

    /// <summary>A connection was established: for somebody who has it on loan, or for good.</summary>
    public void Add(Connection connection, bool onLoan)
    {
        lock (_lock)
        {
            if (connection.IsOutbound || onLoan)
                GiveNeedsLock(connection, onLoan);
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
            return FindNeedsLock(peer, directOnly);
    }

    /// <summary>The same, for somebody who has it on loan from now on, or for good.</summary>
    public Connection? Take(PeerId peer, bool directOnly, bool onLoan)
    {
        lock (_lock)
        {
            Connection? found = FindNeedsLock(peer, directOnly);
            if (found is not null)
                GiveNeedsLock(found, onLoan);
            return found;
        }
    }

    /// <summary>A connection is somebody's from now on, on loan or for good.</summary>
    public void Give(Connection connection, bool onLoan)
    {
        lock (_lock)
            GiveNeedsLock(connection, onLoan);
    }

    /// <summary>A loan is over.</summary>
    public void TakeBack(Connection connection)
    {
        lock (_lock)
            connection.Loans--;
    }

    /// <summary>Whether nobody has a connection, be it for good or on loan.</summary>
    public bool IsUnneeded(Connection connection)
    {
        lock (_lock)
            return IsUnneededNeedsLock(connection);
    }

    /// <summary>Takes a connection that nobody has and that no stream is open on out of use; it is to be closed then.</summary>
    /// <returns>False when it is in use.</returns>
    public bool TryRetire(Connection connection)
    {
        lock (_lock)
            return connection.IsRetired = IsUnneededNeedsLock(connection) && connection.StreamCount == 0;
    }

    /// <summary>Takes the direct connections that a peer has made, that nobody here has asked for and that no stream is open on, out of use; they are to be closed then.</summary>
    public Connection[] RetireIdle(PeerId peer)
    {
        lock (_lock)
        {
            Connection[] idle = !_byPeer.TryGetValue(peer, out List<Connection>? list)
                ? []
                : [.. list.Where(static c => c is { IsRelayed: false, IsOutbound: false, IsAskedFor: false, Loans: 0, IsUsable: true, StreamCount: 0 })];
            foreach (Connection connection in idle)
                connection.IsRetired = true;
            return idle;
        }
    }

    public Connection[] Snapshot()
    {
        lock (_lock)
            return [.. _byPeer.Values.SelectMany(static list => list)];
    }

    /// <summary>The handshakes of <paramref name="slot"/> are over.</summary>
    /// <returns>False when it has been given up meanwhile.</returns>
    public bool TryEstablish(ConnectionSlot slot)
    {
        lock (_lock)
        {
            if (slot.Pending is { } pending)
                _pending.Remove(pending);
            slot.Pending = null;
            return !slot.IsReleased;
        }
    }

    /// <summary>Gives the counts of <paramref name="slot"/> back, unless that has been done.</summary>
    /// <returns>Whether it had not.</returns>
    public bool Release(ConnectionSlot slot)
    {
        lock (_lock)
            return ReleaseNeedsLock(slot);
    }

    private static void GiveNeedsLock(Connection connection, bool onLoan)
    {
        if (onLoan)
            connection.Loans++;
        else
            connection.IsAskedFor = true;
    }

    // What a peer has opened is that peer's affair.
    private static bool IsUnneededNeedsLock(Connection connection) => connection is { IsOutbound: true, IsAskedFor: false, Loans: 0 };

    private Connection? FindNeedsLock(PeerId peer, bool directOnly)
    {
        if (!_byPeer.TryGetValue(peer, out List<Connection>? list))
            return null;
        Connection? direct = list.Find(static c => !c.IsRelayed && c.IsUsable);
        return direct is not null || directOnly
            ? direct
            : list.Find(static c => c.Limit is null && c.IsUsable) ?? list.Find(static c => c.IsUsable);
    }

    private bool ReleaseNeedsLock(ConnectionSlot slot)
    {
        if (slot.IsReleased)
            return false;
        slot.IsReleased = true;
        _total--;
        if (slot.Pending is { } pending)
            _pending.Remove(pending);
        slot.Pending = null;
        if (slot.Counted is { } counted && --_byIp[counted] == 0)
            _byIp.Remove(counted);
        return true;
    }

    /// <summary>
    /// Whom a connection counts for: its IPv4 address, be it mapped to IPv6 or not, or its IPv6 network of 64 bits, which is the least a customer of any
    /// provider has. Null for loopback, which is exempt, and where there is no IP address.
    /// </summary>
    private static IPAddress? Group(IPAddress? remote)
    {
        if (remote is { IsIPv4MappedToIPv6: true })
            remote = remote.MapToIPv4();
        if (remote is null || IPAddress.IsLoopback(remote))
            return null;
        if (remote.AddressFamily == AddressFamily.InterNetwork)
            return remote;
        byte[] network = remote.GetAddressBytes();
        network.AsSpan(8).Clear();
        return new IPAddress(network);
    }
}
