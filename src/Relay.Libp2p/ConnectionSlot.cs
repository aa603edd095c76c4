using System.Net;

namespace Relay.Libp2p;

/// <summary>A connection's place under the caps of its node. Disposing it gives the counts back, once. Its state is the table's, guarded by that's lock.</summary>
internal sealed class ConnectionSlot(ConnectionTable table, IPAddress? counted) : IDisposable
{
    private readonly CancellationTokenSource _givenUp = new();

    /// <summary>The address, or network, it counts for; null for none.</summary>
    public IPAddress? Counted { get; } = counted;

    /// <summary>Its place among the handshakes under way; null when it is not one.</summary>
    public LinkedListNode<ConnectionSlot>? Pending { get; set; }

    /// <summary>Whether its counts were given back.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Fires when its handshakes have to make room for others.</summary>
    public CancellationToken GivenUp => _givenUp.Token;

    /// <summary>The handshakes are over.</summary>
    /// <returns>False when the place has been given to another connection meanwhile.</returns>
    public bool TryEstablish() => table.TryEstablish(this);

    /// <summary>Ends its handshakes.</summary>
    public void GiveUp() => _givenUp.Cancel();

    public void Dispose() => table.Release(this);
}
