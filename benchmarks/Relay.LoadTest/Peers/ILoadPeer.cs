using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.LoadTest.Peers;

/// <summary>A peer that uses a relay: reserves on it, opens circuits through it, and serves those opened to it.</summary>
internal interface ILoadPeer : IAsyncDisposable
{
    /// <summary>Who it is; each peer is somebody else.</summary>
    PeerId Id { get; }

    Task StartAsync();

    /// <summary>Connects to the relay unless it is connected.</summary>
    Task ConnectAsync(Multiaddress relay);

    /// <summary>Reserves a slot, or renews it; connects first unless it is connected.</summary>
    Task ReserveAsync(Multiaddress relay);

    /// <summary>Opens a circuit; the caller disposes it.</summary>
    Task<DuplexStream> OpenCircuitAsync(Multiaddress relay, PeerId destination);

    /// <summary>Measures the round trip to the relay itself.</summary>
    Task<TimeSpan> PingAsync(Multiaddress relay);
}
