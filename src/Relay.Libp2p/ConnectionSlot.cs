using System.Net;

namespace Relay.Libp2p;

/// <summary>A connection's place under the caps of its node. Disposing it gives the counts back, once.</summary>
internal sealed class ConnectionSlot(ConnectionTable table, IPAddress? counted, bool isPending) : IDisposable
{
    private const int Pending = 1;
    private const int Established = 2;
    private const int Released = 3;
    private int _state = isPending ? Pending : Established;

    /// <summary>The handshakes are over.</summary>
    public void Establish()
    {
        if (Interlocked.CompareExchange(ref _state, Established, Pending) == Pending)
            table.EndPending();
    }

    public void Dispose()
    {
        int previous = Interlocked.Exchange(ref _state, Released);
        if (previous != Released)
            table.Release(counted, previous == Pending);
    }
}
