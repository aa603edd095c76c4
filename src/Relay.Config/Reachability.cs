namespace Relay;

/// <summary>Whether other peers can dial a node directly. The node does not find out by itself; it is told, see <see cref="ConnectionConfig.Reachability"/>.</summary>
public enum Reachability
{
    /// <summary>Nobody has said. The node seeks relays when it knows of any: being reachable twice costs little, being unreachable costs everything.</summary>
    Unknown,

    /// <summary>Others can dial it: an address of its own, or a mapped port. It seeks no relays.</summary>
    Public,

    /// <summary>Others cannot dial it: NAT, a firewall, no listen address. It seeks relays, and says so in the log when it knows of none.</summary>
    Private,
}
